"""Other ratings beside the poll, kept honest: figures, stars, spot checks, menu, schemes."""
