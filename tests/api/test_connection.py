"""What one turn of the loop writes leaves in one piece, in order, and before the connection closes."""

import asyncio

from compliance.api.connection import Gathering, Turn


class Pieces(asyncio.Transport):
    """A transport that keeps the pieces it is given apart, which a stream does not."""

    def __init__(self):
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.pieces = []
        self.closed = False

    def writelines(self, parts):
        self.pieces.append(b"".join(parts))

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True


async def sent(write):
    """Return the pieces that leave when `write` has a gathering transport, turn by turn."""
    behind = Pieces()
    await write(Gathering(behind, Turn.of(asyncio.get_running_loop())))
    await asyncio.sleep(0)
    return behind.pieces


def test_head_and_body_leave_together():
    async def write(transport):
        transport.write(b"head")
        transport.write(b"body")

    assert asyncio.run(sent(write)) == [b"headbody"]


def test_two_turns_are_two_pieces_in_order():
    async def write(transport):
        transport.writelines([b"1", b"2"])
        await asyncio.sleep(0)
        transport.write(b"3")

    assert asyncio.run(sent(write)) == [b"12", b"3"]


def test_what_was_written_is_sent_before_the_connection_closes():
    async def write(transport):
        transport.write(b"last")
        transport.close()
        transport.close()

    assert asyncio.run(sent(write)) == [b"last"]


def test_all_else_is_the_transport_behind_it():
    async def write(transport):
        assert transport.is_closing() is False
        assert transport.get_extra_info("peername") == ("127.0.0.1", 1)

    assert asyncio.run(sent(write)) == []


def test_what_fails_on_one_connection_does_not_keep_the_others_from_sending():
    class Broken(Pieces):
        def writelines(self, parts):
            raise OSError("gone")

    async def write():
        loop, told, behind = asyncio.get_running_loop(), [], Pieces()
        loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
        for transport in (Broken(), behind):
            Gathering(transport, Turn.of(loop)).write(b"answer")
        await asyncio.sleep(0)
        return behind.pieces, told

    pieces, told = asyncio.run(write())
    assert pieces == [b"answer"]
    assert [str(error) for error in told] == ["gone"]
