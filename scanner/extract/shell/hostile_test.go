package shell_test

import (
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/extract/extracttest"
)

// hostileUnits are what a text repeats to be slow.
var hostileUnits = []extracttest.Unit{
	{"a.sh", "pip install "}, {"a.sh", "$(pip install "}, {"a.sh", "npm i x <<E\n"}, {"a.sh", "'pip install x\n"}, {"a.ps1", "npm i x;"},
	{"a.sh", "trap 'find . -exec "}, {"a.sh", "echo a | xargs -I% npm i % ; "}, {"a.sh", "eval env -S "}, {"a.sh", "pip install -r <(echo "}, {"a.sh", "NODE_OPTIONS=-r "},
	{"a.sh", "f(){ pip install $@;};f a;"}, {"a.sh", "alias a='b ' b=a;a b x;"}, {"a.sh", "foo python -W npm "}, {"a.sh", "docker pip "}, {"a.sh", "pip${IFS}install "}, {"a.sh", "f(){ f $@ $@;pip install $1;};f a b\n"}, {"a.sh", "sh -c 'pip install $1' _ "},
	{"a.sh", "<<a\n"}, {"a.sh", "<<a|"}, {"a.sh", "a<<"}, {"a.sh", "sh -c '"}, {"a.sh", "uv run -- "}, {"a.sh", "npx npx "}, {"a.sh", "npm_config_call='"}, {"a.sh", "export PIP_INDEX_URL=x;"}, {"a.sh", "(PIP_REQUIREMENT=x pip install x;"},
	{"a.sh", "bash a;"}, {"a.sh", "cat a|sh\n"}, {"a.sh", "sh -c \"$(cat a)\"\n"}, {"a.sh", "node <(cat "}, {"a.sh", "exec node \"$0\"\n"},
}

func TestHostile(t *testing.T) { extracttest.Hostile(t, all.Formats(), hostileUnits) }
