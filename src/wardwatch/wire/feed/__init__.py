"""Messages of the feed, protocol ``wardwatch.v1``: JSON text frames, each an object with a ``type``.

The protocol is described in ``docs/feed.md``. ``asked`` is what a console sends, ``told`` what the feed
sends, ``codes`` what both must know. A console must ignore fields that it does not know; the feed refuses
them, so that a misspelt wish is never silently half granted.
"""
