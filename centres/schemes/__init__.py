"""Schemes: what varies by awarding organisation, suite and year, as typed and validated data."""

from centres.schemes.reading import Parameter, SchemeContentInvalid, SchemeError
from centres.schemes.scheme import Scheme, SchemeFile, scheme_errors, shipped

__all__ = [
    "Parameter",
    "Scheme",
    "SchemeContentInvalid",
    "SchemeError",
    "SchemeFile",
    "scheme_errors",
    "shipped",
]
