"""Pydantic models at the edges: what others send us."""
