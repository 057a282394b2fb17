"""What has happened in Stanimaka on its last two working days: by the product's own verbs, so that all of it holds.

Each story shows a state that a page knows. What people wrote is in citizens.toml.
"""

from portal.demo.stories import desk, handling, intake, publishing, replies

STORIES = (
    desk.mornings, desk.templates_of_replies, desk.filters,
    intake.phoned, intake.at_the_counter, intake.letter, intake.drain, intake.tourist, intake.of_stranger,
    intake.bus, intake.forgotten, intake.newest, intake.just_sent,
    handling.lamps, handling.lamps_too, handling.lamps_near, handling.container, handling.dogs, handling.power,
    handling.repeated, handling.withdrawn, handling.tree, handling.tax, handling.not_cut_down,
    replies.opening_hours, replies.pavement, replies.not_brought_back,
    publishing.pothole, publishing.dumping, publishing.neighbour, publishing.abandoned_car, publishing.accusation,
)  # fmt: skip
