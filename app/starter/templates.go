package starter

// configText is a new configuration file.
const configText = `# figment: package names that do not exist, or are not what is meant.
# Every key is explained by: figment help config

# The least severity that fails a run: error, warning, note or never.
fail-on = "error"

# Names that could not be checked: warn, fail or ignore.
on-unverified = "warn"

# Names that are never sent to a public registry.
# private = ["npm:@acme/*"]

# A name that is right although figment doubts it. The reason is required.
# [[allow]]
# package = "npm:@acme/ui-tokens"
# reason = "our own package"

# Paths that are not checked.
# [[exclude]]
# paths = ["fixtures/**"]
# reason = "bait for tests"
`

// workflowText has one place, for the action. The checkout keeps no
// credentials: nothing of what is scanned needs them.
const workflowText = `name: figment
on:
  push:
    branches: [main, master]
  pull_request:
  merge_group:
permissions:
  contents: read
jobs:
  figment:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: read
      security-events: write # code scanning
      actions: read # code scanning of private repositories
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: %s
`

// agentsText is the block of AGENTS.md.
const agentsText = `<!-- begin figment -->
- Before you add a dependency or write an install command, run ` + "`figment check ECOSYSTEM:NAME`" + `.
- Exit status 1: do not use that name. ` + "`figment check -f json ECOSYSTEM:NAME`" + ` gives ` + "`suggestions`" + `.
- A name that is *unverified* could not be checked: it is neither right nor wrong. Say so.
- Do not guess another name, and do not publish one to make it exist.
- Only a person accepts a name: do not edit ` + "`.figment.toml`" + ` or the baseline to pass.
<!-- end figment -->
`
