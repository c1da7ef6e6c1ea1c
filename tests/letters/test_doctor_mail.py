"""The doctor says whether e-mail goes out: it signs in, and writes to nobody."""

import asyncio

import pytest

from borgerlinje import doctor
from tests.support.post_office import post_office


def mail() -> doctor.Part:
    (part,) = doctor._mail()
    return part


async def test_doctor_signs_in_and_says_when_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BORGERLINJE_SMTP_URL", raising=False)
    assert (mail().found, mail().needed_for) == (True, "optional")
    assert "BORGERLINJE_SMTP_URL" in mail().version
    monkeypatch.setenv("BORGERLINJE_SMTP_URL", "smtp://center:hemmelig@mail.example")
    assert not mail().found
    assert "hemmelig" not in str(mail())
    async with post_office() as office:
        office.users["center"] = "hemmelig"
        monkeypatch.setenv("BORGERLINJE_SMTP_URL", office.url(user="center"))
        monkeypatch.setenv("BORGERLINJE_SMTP_FROM", "svar-ikke@center.example")
        part = await asyncio.to_thread(mail)
        assert (part.found, part.version) == (True, "signs in")
        assert "hemmelig" not in str(part)
        office.users["center"] = "en anden"
        monkeypatch.setenv("BORGERLINJE_SMTP_URL", f"smtp://center:hemmelig@127.0.0.1:{office.port}")
        assert "does not take the user and password" in (await asyncio.to_thread(mail)).mend
    assert "no answer" in mail().mend
    assert not [line for line in office.said if line.startswith("MAIL")]
