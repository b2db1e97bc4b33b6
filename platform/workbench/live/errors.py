"""What can go wrong with a live kernel."""

from django.utils.translation import gettext_lazy as _

from common.errors import ConflictError, LearnerError, PlatformError
from workbench.live.waiting import RETRY_SECONDS


class NotFoundError(LearnerError):
    """There is none, or it is somebody else's."""

    code = "not-found"
    status = 404
    title = _("This kernel is no longer there.")


class KernelBusyError(ConflictError):
    code = "kernel-busy"
    title = _("The kernel is busy with a cell. Try again when it has finished, or stop it.")


class FileRefusedError(LearnerError):
    code = "file-refused"
    title = _("A file with this name cannot be kept here.")


class NoLiveProcessError(PlatformError):
    """Kernels live in another process, and the proxy in front did not send the request there."""

    code = "no-kernels"
    title = _("Python cannot be reached just now. That is our fault, not yours.")


class NoKernelError(PlatformError):
    """The kernel host is away, or what it made is no kernel."""

    code = "no-kernel"
    title = _("Python cannot be started just now. That is our fault, not yours.")


class SlowStartError(NoKernelError):
    """Such as of a host that has just begun itself."""

    title = _("Python takes too long to start just now. That is our fault, not yours.")


class PlacesTakenError(PlatformError):
    """Every place of the host is taken; ``place`` is the learner's in the queue, 1 is next."""

    code = "kernels-full"
    title = _("All kernels are in use at the moment. You are in the queue.")
    retry_seconds = RETRY_SECONDS

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place
