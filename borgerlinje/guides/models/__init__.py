"""Self-service solutions, the guides that help with them, and what comes of both."""

from borgerlinje.guides.models.carrying import GuideUpload
from borgerlinje.guides.models.figures import Feedback, MissedSearch, Opening, Side
from borgerlinje.guides.models.guides import Guide, GuidePicture, GuideSave, GuideVersion, State
from borgerlinje.guides.models.kle import KleEntry
from borgerlinje.guides.models.local import LocalGuide, LocalVersion
from borgerlinje.guides.models.solutions import Solution, SolutionAddress, SolutionStatus

__all__ = [
    "Feedback",
    "Guide",
    "GuidePicture",
    "GuideSave",
    "GuideUpload",
    "GuideVersion",
    "KleEntry",
    "LocalGuide",
    "LocalVersion",
    "MissedSearch",
    "Opening",
    "Side",
    "Solution",
    "SolutionAddress",
    "SolutionStatus",
    "State",
]
