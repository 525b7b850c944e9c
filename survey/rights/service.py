"""The verbs of the people concerned, gathered for their pages."""

from survey.review.hearings import state_case as state_case
from survey.review.objections import file as object_to
from survey.rights import codes, dossier, export, lines, matters

issue_codes, activate, code_history, opened = codes.issue, codes.activate, codes.history, codes.opened
open_dossier, may_open_dossier = dossier.open_for, dossier.may_open
as_json, as_workbook = export.as_json, export.as_workbook
own, confirm_line, ask_line, accept_line, refuse_line = (
    lines.own,
    lines.confirm,
    lines.ask,
    lines.accept,
    lines.refuse,
)
newest_word, waiting_words, word, lines_open = lines.newest, lines.waiting, lines.get, lines.open_now
mine, matter, duties = matters.mine, matters.matter, matters.duties
measure_about = matters.measure_about

__all__ = ["object_to", "state_case"]
