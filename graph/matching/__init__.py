"""Which entry of a register a mention means: candidates, their evidence in words, and what may be accepted unseen."""
