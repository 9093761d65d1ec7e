"""Which rule set a session is judged by."""

from engine.inspection import Note
from engine.order import Order
from engine.rules.judgement import note

BY_CHANNEL = {
    "agency": "face_to_face",
    "broker": "face_to_face",
    "bank": "bank",
    "concurrent_agency": "bank",
    "telesales": "telesales",
    "internet": "remote",
    "callback": "callback",
}
SCENARIO_NAMES = {
    "face_to_face": "现场双录",
    "remote": "远程双录",
    "bank": "银行代销双录",
    "telesales": "电话销售",
    "callback": "回访",
}


def choose(order: Order, has_video: bool) -> tuple[str, tuple[Note, ...]]:
    """Name of the rule set for a session (that of its scenario), and notes on what was assumed.

    The order's scenario wins over its channel; with neither, video is taken for a sale face to face and sound alone
    for a sale by telephone.
    """
    scenario = order.scenario or BY_CHANNEL.get(order.channel or "")
    if scenario is not None:
        return scenario, ()
    assumed = "face_to_face" if has_video else "telesales"
    return assumed, (note("scenario_assumed", scenario=SCENARIO_NAMES[assumed]),)
