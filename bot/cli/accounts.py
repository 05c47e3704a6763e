"""`placewatch accounts …`"""

from __future__ import annotations

from typing import Annotated

import typer

from bot import sessions, terminal
from bot.cli.common import ACCOUNT, Json, ask, err, logging_for, out, run_async, settings
from storage import lock

app = typer.Typer(help="The accounts that read; `placewatch login --as NAME` adds one.", no_args_is_help=True)


@app.command("list")
def accounts_list(as_json: Json = False) -> None:
    """The accounts that read, what each has to do, and what keeps it from that."""
    chosen = settings()
    listed = ask("accounts.list", {}, telegram=False)
    if as_json:
        terminal.print_json(out, listed)
    elif chosen.source == "preview":
        out.print("Channels are read by their public pages, without an account (PLACEWATCH_SOURCE).")
    elif not sessions.signed_in(chosen.data):
        out.print("No account is signed in yet: placewatch login")
    else:
        terminal.accounts(out, listed, chosen.timezone)


@app.command("unseal")
def accounts_unseal() -> None:
    """Make plain files of sealed sessions again, with PLACEWATCH_PASSPHRASE; setting that alone seals them."""
    from bot.telegram.sealed import Vault, is_sealed

    chosen = settings("passphrase")
    assert chosen.passphrase is not None  # noqa: S101 - it is required
    with lock.hold(chosen.data):
        sealed = [path for path in sorted(chosen.data.glob("*.session")) if is_sealed(path)]
        for path in sealed:
            Vault(path, chosen.passphrase).unseal()
            out.print(f"{path} is plain now.", markup=False, highlight=False, soft_wrap=True)
    words = (
        "Take PLACEWATCH_PASSPHRASE out of the settings, or they are sealed again."
        if sealed
        else "None is sealed."
    )
    out.print(words, markup=False, highlight=False, soft_wrap=True)


@app.command("remove")
def accounts_remove(
    names: Annotated[list[str], typer.Argument(help="As `placewatch accounts list` names them.")],
) -> None:
    """Sign accounts out and delete their sessions; the others read their channels from then on."""
    from bot.process import sign_out

    chosen = settings(*ACCOUNT)
    logging_for(chosen.model_copy(update={"log_level": "ERROR"}))
    for name in names:
        account = sessions.checked(name)
        if run_async(sign_out(chosen, account)):
            out.print(f"{account} is signed out.", markup=False, highlight=False)
        else:
            err.print(
                f"{account} is removed here, but Telegram could not be told: end its session in Telegram, under "
                "Settings, Devices.",
                markup=False,
                highlight=False,
            )
