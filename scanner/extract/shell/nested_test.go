package shell_test

import (
	"fmt"
	"strings"
	"testing"

	"figment/scanner/source"
)

// TestNested: code and commands in one another are read, or told to be too deep:
// never passed over in silence.
func TestNested(t *testing.T) {
	aliases := "shopt -s expand_aliases\nalias a0='npm i'\n"
	for i := range 40 {
		aliases += fmt.Sprintf("alias a%d=a%d\n", i+1, i)
	}
	for _, c := range []struct{ path, text string }{
		{"eval.sh", strings.Repeat("eval ", 40) + "npm i a1"},
		{"env.sh", strings.Repeat("env ", 400) + "npm i a1"},
		{"sudo.sh", strings.Repeat("sudo -u x nice -n 1 ", 200) + "pip install a1"},
		{"alias.sh", aliases + "a40 a1"},
		{"shell.sh", "sh -c " + strings.Repeat("'sh -c ", 1) + "\"npm i a1\"'"},
		{"run.sh", strings.Repeat("xvfb-run -a ", 100) + "npx a1"},
		{"substitution.sh", strings.Repeat("$(echo ", 40) + "npm" + strings.Repeat(")", 40) + " i a1"},
		{"element.jsx", strings.Repeat("<a b={", 60) + "require('a1')" + strings.Repeat("}/>", 60)},
		{"dashes.sh", "bash -c -- 'pip install a1'"},
		{"options.sh", "bash -c -e -o pipefail -- 'pip install a1'"},
		{"unset.sh", "pip$V install a1"},
		{"version.sh", "python${V} -m pip install a1"},
	} {
		refs, problems := File(&source.File{Path: c.path, Data: []byte(c.text + "\n")})
		found := false
		for _, r := range refs {
			found = found || r.Name == "a1"
		}
		if told := len(problems) > 0; !found && !told {
			t.Errorf("%s: neither read nor told", c.path)
		}
	}
}

// TestEmptyWords: a word without letters ends no reading.
func TestEmptyWords(t *testing.T) {
	for _, program := range []string{"node", "tsx", "bun", "npm", "npx", "pip", "uvx", "bash", "env", "sudo", "python", "xargs", "docker run", "go", "cargo", "gem", "perl", "nice", "make"} {
		for _, ws := range []string{"''", "-e ''", "install '' ''", "-r ''", "'' -m ''", "-- ''"} {
			refs, _ := File(&source.File{Path: "a.sh", Data: []byte(program + " " + ws + "\nnpm i a1\n")})
			if len(refs) == 0 || refs[len(refs)-1].Name != "a1" {
				t.Errorf("%s %s: what follows is not read", program, ws)
			}
		}
	}
}
