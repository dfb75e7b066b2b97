from compliance.api.openapi_records import record_paths

HEADER = {"name": "X-Request-ID", "in": "header"}


def test_every_operation_has_a_name_of_its_own_and_takes_a_request_id():
    operations = [each for methods in record_paths(HEADER).values() for each in methods.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names) == 18
    assert all(HEADER in each["parameters"] for each in operations)


def test_every_place_in_an_address_is_described():
    for path, methods in record_paths(HEADER).items():
        for each in methods.values():
            named = {f"{{{found['name']}}}" for found in each["parameters"] if found["in"] == "path"}
            assert named == {part for part in path.split("/") if part.startswith("{")}


def test_every_operation_may_find_no_ledger():
    assert all({"501", "503"} <= set(each["responses"]) for m in record_paths(HEADER).values() for each in m.values())
