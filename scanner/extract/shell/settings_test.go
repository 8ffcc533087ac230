package shell_test

import (
	"strings"
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/source"
)

// TestValuesOfOtherFiles: a name may stand in a file that a script takes values
// of variables from. What is not known of them is told.
func TestValuesOfOtherFiles(t *testing.T) {
	for _, c := range []struct{ script, file, want string }{
		{". ./vars.env; npm i $P", "P=zqx", "zqx"},
		{"source vars.env\nnpm i \"$P\"", "# a\nexport P='zqx'", "zqx"},
		{". \"$(dirname \"$0\")/vars.env\"\nnpm i foo-$P", "P=zqx # the one", "foo-zqx"},
		{"set -a; . vars.env; set +a; npm i $P", "P=\"zqx\"", "zqx"},
		{"export $(cat vars.env)\nnpm i $P", "P=zqx", "zqx"},
		{"export $(grep -v '^#' vars.env | xargs)\nnpm i $P", "#P=y\nP=zqx\n", "zqx"},
		{"export $(cat vars.env | xargs)\npip install $P==1", "P=zqx", "zqx"},
		{"eval \"$(cat vars.env)\"; npm i $P", "P=zqx", "zqx shell<vars.env"},
		{"eval $(sed 's/^/export /' vars.env); npm i $P", "P=zqx", "zqx shell<vars.env"},
		{"docker run --env-file vars.env img sh -c 'npm i $P'", "P=zqx", "zqx"},
		{"docker run --env-file=vars.env img sh -c 'npm i $P'", "P=zqx", "zqx"},
		{". vars.env; npm i $PKGS", "PKGS=\"a b c\"", "a b c"},
		{". vars.env; npm i \"${PKGS[@]}\"", "PKGS=(a b\n 'c')", "a b c"},
		{". vars.env; for p in $PKGS; do npm i $p; done", "PKGS='a b'", "a b"},
		{". vars.env; $PM i zqx", "PM=npm", "zqx"},
		{". vars.env; Q=$P; npm i ${Q}", "A=1; P=zqx", "zqx"},
		{". vars.env; npm i ${P:-y}", "P=zqx", "zqx"},
		{". vars.env; npm i $P", "P=$(curl x)", "?"},
		{". vars.env; npm i $P", "P=$Q", "?"},
		{". vars.env; npm i $P", "Q=zqx", "?"},
		{". vars.env; npm i $P", "", "?"},
		{". other.env; npm i $P", "P=zqx", "?"},
		{"P=y; . vars.env; npm i $P", "P=zqx", "y zqx"}, // the file is read behind it
		{"P=y; . vars.env; npm i $P", "P=$(curl x)", "y ?"},
		{"P=y; . vars.env; npm i $P", "Q=zqx", "y"},
		{". vars.env; npm i $P", "P=y\nif true; then P=zqx; fi", "y zqx"},
		{". vars.env; npm i $P", "f() { P=zqx; }\nP=y\nf", "y zqx"},
		{". vars.env; npm i $P", "P=y && P=zqx", "y zqx"},
		{". vars.env; npm i $P", "P=y\neval \"P=zqx\"", "?"},
		{". vars.env; npm i $P", "P=y\nread P < z", "?"},
		{". vars.env; npm i $P", "P=y\nread Q P < z; echo $P", "?"},
		{". vars.env; npm i $P", "P=y\necho P is $P ${P} # P=z", "y"},
		{". vars.env; echo $P", "P=zqx", ""},
		{". vars.env; npm i react", "P=$(x)", "react"},
		{". vars.env; npm i $P", "P='a", "?"},
		{". vars.env; npm i $P", strings.Repeat("A=b\n", 20_000) + "P=c", "?"},
	} {
		found := all.Formats().Read(&source.File{Path: "a.sh", Data: []byte(c.script), Beside: func(name string) []byte {
			if strings.HasSuffix(name, "vars.env") {
				return []byte(c.file)
			}
			return nil
		}})
		var got []string
		for _, r := range found.References {
			if c.script[r.Span.Start:r.Span.End] != r.Raw {
				t.Errorf("%s: the span of %s is off: %q", c.script, r.Name, r.Raw)
			}
			got = append(got, r.Name)
		}
		for _, in := range found.Includes {
			if !in.Values && !strings.HasPrefix(c.script, ".") && in.Lang == "shell" && strings.HasPrefix(c.script, "eval") {
				got = append(got, "shell<"+in.Path)
			}
		}
		for range found.Problems {
			got = append(got, "?")
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s: %.40s:\n got %s\nwant %s", c.script, c.file, g, c.want)
		}
	}
}
