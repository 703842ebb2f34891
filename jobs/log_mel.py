#!/usr/bin/env python3
"""log_mel.py WAV ...: log-mel energies of recordings, in the text form of frames that `chorus --source-format frames` reads:
a frame of 26 numbers a line for each 10 ms (windows of 25 ms), a blank line behind each recording. Recordings are WAV of 16
bits and one channel. Needs the Python package python_speech_features (pip install numpy python_speech_features)."""

import sys
import wave
from typing import BinaryIO

BANDS = 26


def log_mel(file: str | BinaryIO) -> list[list[str]]:
    """The frames of one recording; ValueError or wave.Error where it is none that is read here."""
    with wave.open(file) as recording:
        if recording.getsampwidth() != 2 or recording.getnchannels() != 1:
            raise ValueError("is not of 16 bits and one channel")
        rate = recording.getframerate()
        samples = recording.readframes(recording.getnframes())
    if not samples:
        raise ValueError("has no samples")

    import numpy
    from python_speech_features import logfbank

    window = 1 << (rate // 40 - 1).bit_length()  # the FFT's: no shorter than 25 ms
    return [[f"{value:.4f}" for value in frame] for frame in logfbank(numpy.frombuffer(samples, "<i2"), rate, nfilt=BANDS, nfft=window)]


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        try:
            frames = log_mel(path)
        except ImportError as error:
            sys.exit(f"fatal: {error.name}: this Python package is missing: pip install numpy python_speech_features")
        except (OSError, EOFError, ValueError, wave.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            sys.exit(f"fatal: '{path}': {reason or 'is cut short'}")
        for frame in frames:
            print(*frame)
        print()


if __name__ == "__main__":
    main()
