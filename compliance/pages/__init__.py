"""A rulebook as a site: a page for each place and each rule, with who says so."""
