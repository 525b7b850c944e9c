"""Every threshold of the reader with its unit, as measured (paper.md sections 4 and 8).

px are pixels of the squared page at K px/mm unless said otherwise; ink runs from 0 (paper) to 1 (tag black).
A changed value here fails the suite: the numbers belong together.
"""

K = 8.0  # px/mm of the squared page

# Scan
LEAST_DPI = 150.0  # true dots per inch, from the tags
DPI_SLACK = 0.97  # an A4 fitted to the glass may be scaled by 3 %

# Tags
FIRST_SIDE = 1170  # px: long side of the copy searched first
SECOND_SIDE = 1750  # px: long side of the copy searched when few tags were found
ENOUGH_TAGS = 5
FIRST_WINDOW = 21  # px, adaptive threshold
SECOND_WINDOWS = (7, 27)  # px
FIRST_PERIMETER = (0.075, 0.25)  # of the long side
SECOND_PERIMETER = (0.02, 0.25)
ERROR_CORRECTION = 0.4
CORNER_WINDOW = 0.35  # mm, half window of the corner's refinement
CORNER_STEPS, CORNER_MOVE = 20, 0.02

# Homography
LEAST_TAGS = 3
RANSAC = 4.0 / 2339  # of the long side, px
LEAST_INLIERS = 12

# QR
QR_CROPS = ((4.0, 8.0), (8.0, 10.0))  # mm of margin, px/mm

# Ink
STRIP_LEFT, STRIP_RIGHT = 131.0, 191.0  # mm
STRIP_ABOVE, STRIP_BELOW = 4.0, 4.0  # mm before the first and after the last row
GROUND_STEP = 4  # px: the ground is found on a quarter of the strip
GROUND_CLOSE = 17  # quarter px
GROUND_BLUR = 5.0  # quarter px, standard deviation
LEAST_CONTRAST = 40.0  # levels between ground and black
MOST_INK = 1.2
SMOOTH = 1.3  # px, standard deviation
DARK = 0.40  # ink of a dark pixel
SHADE = 0.20  # smoothed ink of a stroke's pixel
FAINT = 0.04  # smoothed ink that does not count towards a mark's mass

# Boxes
OUTLINE = 2  # px
OUTLINE_MARGIN = 3  # px
OUTLINE_BLUR = 1.2  # px, standard deviation
SEARCH = 7  # px either way
FOUND = 0.38  # share of the window's ink that looks like an outline
NEIGHBOURS = 2  # rows either way that vote on where a box stands
OWN_SHIFT = 2.0  # px from the field that a box may claim for itself

# Measures
INSET = 0.62  # mm from the box's outer edge to the inner measure
RING_HALF = 9.0  # mm, half the option cell
RING_EDGE = 0.55  # mm kept from the row lines
RING_GAP = 0.45  # mm kept from the box's outer edge

# Page
QUIET_SHARE = 0.60  # of all boxes, the faintest, tell what empty looks like
QUIET_SD = 0.84  # percentile one standard deviation above the median

# Box
EMPTY_DARK = 0.010
EMPTY_MOST, EMPTY_LEAST, EMPTY_SDS = 0.16, 0.085, 4.0
MARK_MASS, MARK_EXTENT = 0.020, 0.62

# Row
DENSE = 0.58
BUSY_DARK, BUSY_RUNS, BUSY_CHANGES = 0.15, 2.3, 6.6
FULL_DARK, FULL_RUNS, FULL_RING = 0.29, 2.15, 0.028
THICK = 1.3  # mm; a stroke this thick may be a blackened box
THICK_PEN = 1.5  # times the page's own pen: a felt pen's ticks are thick as well
THICK_MOST = 1.9  # mm, whatever the pen
PEN_QUARTILE, PEN_MARKS = 0.25, 8  # of the page's marks tell its pen; fewer marks tell nothing
BRIDGE = 7  # px: gaps between strokes that are bridged before thickness is taken
LUMP_SHADE = 0.30  # smoothed ink of a lump that blur has made grey
LUMP_LEAST = 1.0  # mm
LUMP = 1.9  # area over squared thickness: a stroke is long, a lump is not, whatever the pen
VEIL_SHADE, VEIL_DARK = 0.45, 0.45  # of the box shaded; of that shade dark: less is scribble under blur
OVERFLOW = 0.10
BESIDE = 0.035
STRAY = 0.004  # of an option cell
LONG = 1.9  # row heights
SINGLE_RUNS, CROSSING = 1.1, 1.0  # one stroke alone that goes this many mm over a row line
BLANK_LEAST, BLANK_SDS, BLANK_RING = 0.055, 2.5, 0.006

# Page held
HELD_BOXES = 0.60
HELD_RESIDUAL = 0.45  # mm
HELD_GROUND = 0.13

# Streak
STREAK_TOP, STREAK_BOTTOM = 60.0, 240.0  # mm
STREAK_MEAN = 2.2  # mm of a row's moving mean
STREAK_LEVELS = 9.0
STREAK_SHARE = 0.80

# 1-bit
BIT_LIGHT, BIT_DARK = 0.25, 0.75
BIT_SHARE = 0.30

# Remark
REMARK_INK = 0.0012
