"""The rows of people and their accounts."""

from borgerlinje.staff.models.access import Invitation, Leaving
from borgerlinje.staff.models.changes import ChangeNote
from borgerlinje.staff.models.people import (
    Clearance,
    Employee,
    EmployeeCentre,
    EmployeeSkill,
    RoleAssignment,
    Skill,
    User,
    UserManager,
)

__all__ = [
    "ChangeNote",
    "Clearance",
    "Employee",
    "EmployeeCentre",
    "EmployeeSkill",
    "Invitation",
    "Leaving",
    "RoleAssignment",
    "Skill",
    "User",
    "UserManager",
]
