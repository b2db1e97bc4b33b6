"""Names the environment variable that tells weak templates which file says what to leave out."""

SWITCH = "KILOHOUR_TEST_SWITCH"
