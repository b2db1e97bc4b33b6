# Two images from one file: `platform` (web, live, worker, beat, migrate) and `kernels` (the kernel host).
# The kernel host's image holds no Django, no settings and nothing of the course.

FROM python:3.11.14-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    LANG=C.UTF-8
WORKDIR /app

# -- Environments, made by the same bin/setup as everywhere -----------------------------------------
FROM base AS setup
COPY bin bin

FROM setup AS platform-environment
COPY requirements.txt ./
RUN bin/setup --only platform

FROM setup AS kernel-environments
COPY grader/environments grader/environments
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
ARG KILOHOUR_WITHOUT_DEEP=0
RUN bin/setup --only kernels

# -- Kernel host ------------------------------------------------------------------------------------
FROM base AS kernels
COPY --from=kernel-environments /app/var/environments var/environments
COPY bin/ops/kernel-container /usr/local/bin/kernel-container
COPY grader grader
RUN python -m compileall -q grader
# Root inside a container of its own: it builds the walls and gives each sandbox a uid of its own.
# hadolint ignore=DL3002
USER 0
ENTRYPOINT ["kernel-container"]
CMD ["python", "-m", "grader.kernels", "--socket", "/run/kilohour/kernels.sock", "--mode", "root", "--allow-uid", "10001"]

# -- Web, live, worker, beat ------------------------------------------------------------------------------
FROM base AS platform
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONPATH=/app:/app/platform \
    DJANGO_SETTINGS_MODULE=config.settings \
    DATA_DIR=/data
RUN useradd --uid 10001 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin kilohour \
    && install --directory --owner kilohour --mode 0700 /data/mail /data/run
COPY --from=platform-environment /app/.venv .venv
COPY manage.py ./
COPY platform platform
COPY curriculum curriculum
COPY grader grader
COPY templates templates
COPY static static
# The settings want addresses, although gathering files needs neither server: nothing listens at these.
RUN python -m compileall -q platform grader curriculum/*.py \
    && SECRET_KEY=build DATABASE_URL=postgresql://none REDIS_URL=redis://none \
       python manage.py collectstatic --no-input --verbosity 0
USER 10001
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--no-control-socket", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
