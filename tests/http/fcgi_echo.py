#!/usr/bin/env python3
"""Stands in for a process of the pool, to see what nginx hands over: answers each request with its
parameters, in order, as JSON. In a query, type= is the answer's Content-Type, header= ("Name: value")
one of its headers, status= its status; close=1 answers nothing at all.
"""
import json
import socket
import struct
import urllib.parse

BEGIN, PARAMS, STDIN, STDOUT, END = 1, 4, 5, 6, 3


def exactly(connection, n):
    data = b""
    while len(data) < n:
        more = connection.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_record(connection):
    _, kind, request, length, padding = struct.unpack(">BBHHBx", exactly(connection, 8))
    content = exactly(connection, length)
    exactly(connection, padding)
    return kind, request, content


def read_length(data, at):
    if data[at] < 128:
        return data[at], at + 1
    return struct.unpack_from(">I", data, at)[0] & 0x7fffffff, at + 4


def pairs(data):
    at, found = 0, []
    while at < len(data):
        name, at = read_length(data, at)
        value, at = read_length(data, at)
        found.append((data[at:at + name].decode("latin-1"),
                      data[at + name:at + name + value].decode("latin-1")))
        at += name + value
    return found


def read_request(connection):
    streams = {PARAMS: b"", STDIN: b""}
    ended = set()
    request = 1
    while ended != {PARAMS, STDIN}:
        kind, request, content = read_record(connection)
        if kind in streams:
            streams[kind] += content
            if not content:
                ended.add(kind)
    return request, pairs(streams[PARAMS]), streams[STDIN]


def answer(parameters, body):
    query = urllib.parse.parse_qs(dict(parameters)["QUERY_STRING"])
    if "close" in query:
        return b""
    head = [f"Status: {query.get('status', ['200'])[0]}",
            f"Content-Type: {query.get('type', ['application/json'])[0]}",
            *query.get("header", [])]
    text = json.dumps({"params": parameters, "body": body.decode("latin-1")})
    return ("\r\n".join(head) + "\r\n\r\n" + text).encode()


def send(connection, request, data):
    for at in range(0, len(data), 60000):
        part = data[at:at + 60000]
        connection.sendall(struct.pack(">BBHHBx", 1, STDOUT, request, len(part), 0) + part)
    connection.sendall(struct.pack(">BBHHBx", 1, STDOUT, request, 0, 0) +
                       struct.pack(">BBHHBxIB3x", 1, END, request, 8, 0, 0, 0))


def main():
    listener = socket.socket(fileno=0)
    listener.setblocking(True)
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                request, parameters, body = read_request(connection)
                data = answer(parameters, body)
                if data:
                    send(connection, request, data)
            except (EOFError, OSError):
                pass


main()
