"""What the customer reads: topics, cards and one wording file per language."""
