"""One way in for every workbook that is not a roster: template, check, preview, confirm."""
