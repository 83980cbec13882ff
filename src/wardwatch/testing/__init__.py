"""For those who write a detector: :func:`check_detector` proves that it keeps to the form's promises.

Needs no test framework. With pytest each promise can be a test of its own:

    @pytest.mark.parametrize("check", CHECKS, ids=str)
    def test_my_detector(check):
        check(MyDetector())

`docs/detectors.md` has a whole example.
"""

from wardwatch.testing.checks import CHECKS, Check, DetectorFault, check_detector

__all__ = ["CHECKS", "Check", "DetectorFault", "check_detector"]
