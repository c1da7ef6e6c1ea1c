"""What the robot phone says when it cannot."""

from borgerlinje.kit.errors import BorgerlinjeError


class RobotError(BorgerlinjeError):
    """The robot phone could not do what it was told."""

    code = "robot_phone"
    status = 502
