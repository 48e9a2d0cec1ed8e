"""Samples and released judgements in the API, one module per noun."""

from __future__ import annotations

from qa_portal.api import Routes
from sampling.api.judgements import Judgements
from sampling.api.samples import Samples

routes: Routes = [("samples", Samples), ("judgements", Judgements)]
