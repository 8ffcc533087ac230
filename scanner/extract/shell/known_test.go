package shell_test

import (
	"figment/ecosystem/all"
	"testing"
)

func TestKnownCommand(t *testing.T) {
	for _, c := range []struct {
		argv []string
		want bool
	}{
		{[]string{"npm", "run", "build"}, true},
		{[]string{"sudo", "-u", "x", "pip3", "list"}, true},
		{[]string{"env", "A=b", "npm", "ci"}, true},
		{[]string{"A=b"}, true},
		{[]string{"cd", "web"}, true},
		{[]string{"bash", "-c", "cd web && npm ci"}, true},
		{[]string{"bash", "-c", "npm ci; ./install.sh"}, false},
		{[]string{"bash", "install.sh"}, false},
		{[]string{"make", "all"}, false},
		{[]string{"pip install requests"}, false}, // one word is no program
		{[]string{"python", "setup.py"}, false},
		{[]string{"python", "-m", "pip", "list"}, true},
		{nil, true},
	} {
		if got := all.Grammar().KnownCommand(c.argv); got != c.want {
			t.Errorf("%q: %v", c.argv, got)
		}
	}
}

func TestKnownShell(t *testing.T) {
	for text, want := range map[string]bool{
		"npm ci":                             true,
		"cd a && npm ci | echo":              true,
		"npm ci && make":                     false,
		"$TOOL install":                      false,
		"npm run \"$X\"":                     true,
		"'npm' ci":                           true,
		"for i in 1 2; do npm ci; done":      true,
		"for i in 1 2; do gcc; done":         false,
		"echo $(gcc)":                        false,
		"npm ci; if":                         false,
		"TOTAL=$(( -o 2":                     false,
		"bash -c 'bash -c \"make\"'":         false,
		"":                                   true,
		"eval eval eval eval eval eval eval": false,
	} {
		if got := all.Grammar().KnownShell(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzKnownShell(f *testing.F) {
	for _, s := range []string{"npm ci", "TOTAL=$(( -o 2", "bash -c 'pip list'", "a <<E\nx\nE\n", "eval 'eval \"$(x)\"'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all.Grammar().KnownShell(s)
		all.Grammar().KnownCommand([]string{s})
	})
}
