#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Judges what mkimage inspect has written.

    judge_inspect.py json SCHEMA FILE...    it is what the schema describes
    judge_inspect.py svg FILE...            texts overlap neither each other nor an edge; nothing is external
    judge_inspect.py html FILE...           the same of the picture in it; no scripts
"""
import json
import re
import sys
import xml.etree.ElementTree as xml

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"title": 20, "subtitle": 13, "strong": 13, "address": 11}


def die(name, text):
    sys.exit(f"{name}: {text}")


def judge_json(schema_name, names):
    import jsonschema

    with open(schema_name, encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    for name in names:
        with open(name, encoding="utf-8") as file:
            errors = list(validator(schema).iter_errors(json.load(file)))
        for error in errors:
            for cause in error.context or [error]:
                print(f"{name}: {'/'.join(map(str, cause.absolute_path))}: {cause.message[:200]}", file=sys.stderr)
        if errors:
            die(name, "not what the schema describes")


def width_of(text, size, is_monospaced):
    """About what DejaVu takes, which is wider than most faces."""
    if is_monospaced:
        return 0.602 * size * len(text)
    narrow = sum(c in " !'(),./:;I[]ijl|ft" for c in text)
    wide = sum(c in "%@MWmw" for c in text)
    return size * (0.36 * narrow + 0.95 * wide + 0.62 * (len(text) - narrow - wide))


def box_of(element):
    classes = element.get("class").split()
    size = next((SIZES[c] for c in classes if c in SIZES), 12)
    text = "".join(element.itertext())
    width = width_of(text, size, "address" in classes)
    x, y = float(element.get("x")), float(element.get("y"))
    left = {"end": x - width, "middle": x - width / 2}.get(element.get("text-anchor"), x)
    return left, y - 0.75 * size, left + width, y + 0.2 * size, text


def judge_picture(name, picture):
    width, height = float(picture.get("width")), float(picture.get("height"))
    boxes = sorted((box_of(e) for e in picture.iter(SVG + "text")), key=lambda box: box[1])
    for i, (left, top, right, bottom, text) in enumerate(boxes):
        if left < -1 or top < 0 or right > width + 1 or bottom > height:
            die(name, f"\"{text}\" goes over the edge")
        for other in boxes[i + 1 :]:
            if other[1] >= bottom:
                break
            if other[0] < right and left < other[2] and other[1] < bottom and top < other[3]:
                die(name, f"\"{text}\" and \"{other[4]}\" overlap")
    for element in picture.iter():
        for key, value in element.attrib.items():
            if key.endswith("href") or (value.startswith("url(") and not value.startswith("url(#")):
                die(name, f"{key}=\"{value}\" leads elsewhere")


def judge_svg(names):
    for name in names:
        judge_picture(name, xml.parse(name).getroot())


def judge_html(names):
    for name in names:
        with open(name, encoding="utf-8") as file:
            text = file.read()
        if not text.startswith("<!DOCTYPE html>\n"):
            die(name, "no document type")
        if re.search(r"<script|<link|<img|<iframe|@import|url\((?!#)| (src|href|on[a-z]+)=", text):
            die(name, "not complete in itself")
        for picture in xml.fromstring(text.split("\n", 1)[1]).iter(SVG + "svg"):
            judge_picture(name, picture)


if sys.argv[1] == "json":
    judge_json(sys.argv[2], sys.argv[3:])
elif sys.argv[1] == "svg":
    judge_svg(sys.argv[2:])
else:
    judge_html(sys.argv[2:])
