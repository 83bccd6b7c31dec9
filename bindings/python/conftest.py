"""What every test here shares: the library is checked before the first one."""

import os

import pytest
import zmq

import served


@pytest.fixture(scope="session", autouse=True)
def library():
    """No test means anything unless the library under test serves this process."""
    served.check()


@pytest.fixture
def count():
    """Messages for each test."""
    return int(os.environ.get("MESSAGES", "10000"))


@pytest.fixture
def context():
    """A context that must end by itself once its sockets are closed."""
    context = zmq.Context()
    yield context
    context.term()
