"""What the pages of the other channels ask."""

from survey.channels import figures, menu, schemes, sheets, spotchecks, stars, windowbooks

read_figures, load_figures = sheets.read_figures, sheets.load_figures
read_workloads, load_workloads = windowbooks.read_workloads, windowbooks.load_workloads
read_menu, load_menu = windowbooks.read_menu, windowbooks.load_menu
every_figure, totals, shown, urgent, least_pair = (
    figures.every,
    figures.totals,
    figures.shown,
    figures.urgent,
    figures.least_pair,
)
months, of_month, best, name_star, every_star, last_places = (
    stars.months,
    stars.of_month,
    stars.best,
    stars.name_star,
    stars.stars,
    stars.last_places,
)
begin_check, record_check, spot_check, spot_checks, drawn, repeats, level_of = (
    spotchecks.begin,
    spotchecks.record,
    spotchecks.get,
    spotchecks.checks,
    spotchecks.items,
    spotchecks.repeats,
    spotchecks.level_of,
)
dishes, order, find_order, serve, rate, waiting_orders = (
    menu.menu,
    menu.order,
    menu.find,
    menu.serve,
    menu.rate,
    menu.waiting,
)
decide_scheme, every_scheme, weights_of = schemes.decide, schemes.schemes, schemes.weights_of
