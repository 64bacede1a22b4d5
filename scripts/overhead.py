#!/usr/bin/env python3
"""What measuring costs a program: Caxton with and without instrumentation.

    scripts/overhead.py [--rounds 31] [--load 2000] [--instructions]

Builds the example twice, as it is and without its feature `instrumented`: then
its metrics and spans are not compiled in and no recorder is installed. Both do
the same work, in turns that change their order, and each round gives one ratio
of whole-process processor time, user and system, as the kernel counts it. What
is printed is the median of the ratios, with the quartiles; use a quiet machine,
where the same program against itself (printed first) is near 0 %.

With --instructions, both run once under valgrind's callgrind, which counts
instructions of the process and does not mind what else the machine does.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(folder: Path, name: str, *features: str) -> Path:
    command = ["cargo", "build", "--release", "-p", "caxton-runtime", "--example", "caxton"]
    command += ["--message-format", "json", *features]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable"):
            return Path(shutil.copy(message["executable"], folder / name))
    sys.exit("overhead: cargo named no program")


def seconds(program: Path, load: int) -> float:
    process = subprocess.Popen([program, "--load", str(load)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"overhead: {program.name} failed with status {status}")
    return usage.ru_utime + usage.ru_stime


def instructions(program: Path, load: int) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    command += [program, "--load", str(load)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def compare(what: str, a: Path, b: Path, rounds: int, load: int) -> None:
    ratios, times = [], ([], [])
    for number in range(rounds):
        first, second = (a, b) if number % 2 == 0 else (b, a)
        measured = {program: seconds(program, load) for program in (first, second)}
        ratios.append(measured[a] / measured[b])
        times[0].append(measured[a])
        times[1].append(measured[b])
    low, middle, high = (100 * (q - 1) for q in statistics.quantiles(ratios, n=4))
    print(
        f"{what}: {middle:+.2f} % (quartiles {low:+.2f} to {high:+.2f} %, {rounds} rounds; medians "
        f"{statistics.median(times[0]):.3f} s and {statistics.median(times[1]):.3f} s)",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--load", type=int, default=2_000)
    parser.add_argument("--instructions", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = build(Path(folder), "measured")
        bare = build(Path(folder), "bare", "--no-default-features")
        if options.instructions:
            a, b = instructions(measured, options.load), instructions(bare, options.load)
            print(f"instructions: {100 * (a / b - 1):+.2f} % ({a:,} and {b:,})")
            return
        # A second file, so that the two are laid out on disk like any other two.
        again = Path(shutil.copy(bare, Path(folder) / "again"))
        compare("bare against itself", again, bare, options.rounds, options.load)
        compare("measured against bare", measured, bare, options.rounds, options.load)


if __name__ == "__main__":
    main()
