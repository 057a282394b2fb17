"""The `portal` command: `portal COMMAND`, each a module of portal.commands with arguments() and run()."""

import argparse
import importlib
import sys

from portal.db import is_away
from portal.errors import OperatorError

COMMANDS = {
    "demo": "everything in one: own PostgreSQL and Redis, a mail catcher, demonstration data, web and worker",
    "serve": "the web server, against the services named in the environment",
    "work": "the worker that sends e-mails, reminds, forgets and closes",
    "migrate": "bring the database's schema up to date",
    "add-staff": "let somebody in: prints a one-time link to set the password",
    "import": "take over an older portal's register (JSON Lines or CSV)",
    "reindex": "analyse the register's texts again, after the rules of the search have changed",
    "receive-mail": "take one message from standard input, as a mail server hands it over: bounces and answers",
    "check": "say what is wrong with this installation; exit 1 if anything is",
}


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in COMMANDS:
        listed = "\n".join(f"  portal {command:12} {what}" for command, what in COMMANDS.items())
        print(f"usage:\n{listed}")  # noqa: T201 - a command prints
        raise SystemExit(0 if name in {"", "-h", "--help"} else 2)
    # Loaded by name: the web server has no use for Alembic (36 MB), nor for the demonstration's servers.
    command = importlib.import_module(f"portal.commands.{name.replace('-', '_').replace('import', 'import_')}")
    parser = argparse.ArgumentParser(prog=f"portal {name}", description=COMMANDS[name])
    command.arguments(parser)
    try:
        command.run(parser.parse_args(sys.argv[2:]))
    except OperatorError as said:
        raise SystemExit(f"portal {name}: {said}") from None
    except Exception as fault:
        if not is_away(fault):
            raise
        raise SystemExit(f"portal {name}: PORTAL_DATABASE_URL: no database answers there ({fault})") from None


if __name__ == "__main__":
    main()
