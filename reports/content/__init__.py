"""What each kind of report says, built once and frozen: one builder per kind over one document model."""
