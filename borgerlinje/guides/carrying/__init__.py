"""Guides carried in and out as files: Markdown, JSON, CSV and XLSX, each holding all that the others hold."""
