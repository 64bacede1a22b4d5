#!/usr/bin/env python3
"""Checks files for Kubernetes against its schemas, and those of the Prometheus operator:
    check-kubernetes.py FILE...
A field that the schema has not, a value of another type and a name that Kubernetes does
not take are errors. Needs what scripts/get-kubernetes.sh installs."""

import re
import sys

import kubernetes_validate
import yaml
from cloudcoil.models.prometheus_operator import v1 as operator

NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


def names(value, path=""):
    """Names and labels that the API would refuse, which no schema describes."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from names(item, f"{path}[{at}]")
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        here = f"{path}.{key}"
        if key == "metadata":
            for field in ("name", "namespace"):
                if field in item and not NAME.fullmatch(item[field]):
                    yield f"{here}.{field}: {item[field]!r} is no DNS label"
        if key in ("labels", "matchLabels") and "rules" not in path:
            for label, text in item.items():
                if not LABEL.fullmatch(text):
                    yield f"{here}.{label}: {text!r} is no value of a label"
        yield from names(item, here)


def objected(definition):
    """What is wrong with an object."""
    if definition["apiVersion"].startswith("monitoring.coreos.com/"):
        model = getattr(operator, definition["kind"])
        try:
            read = model.model_validate(definition)
        except ValueError as error:
            yield str(error)
        else:
            # What the model does not know, it leaves out.
            if read.model_dump(mode="json", by_alias=True, exclude_unset=True) != definition:
                yield "it has fields that the operator does not read"
    else:
        try:
            kubernetes_validate.validate(definition, kubernetes_validate.latest_version(), strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{error.message} at {'.'.join(map(str, error.path))}"
    yield from names(definition)


def main(paths):
    failures = objects = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for definition in yaml.safe_load_all(file):
                objects += 1
                for failure in objected(definition):
                    failures += 1
                    print(f"{path}: {definition['kind']}: {failure}")
    print(f"{objects} objects, {failures} failures")
    return failures > 0 or objects == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
