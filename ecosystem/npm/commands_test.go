package npm

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNPMCommand: a word means to figment what it means to npm, which is asked
// where it is installed.
func TestNPMCommand(t *testing.T) {
	words := strings.Fields("i in isnt isnta isntal isntall it install-t installTest install-test inst ins exe exec x innit ini init create ln lin link up upd udpate upgrade u r rm ru run-s ci ic add ad vi zzz inn Install a s st")
	want := map[string]string{"isnta": "install", "installTest": "install-test", "exe": "exec", "ini": "init", "ln": "link", "udpate": "update", "zzz": "zzz", "ad": "ad", "add": "install"}
	for word, to := range want {
		if got := npmCommand(word); got != to {
			t.Errorf("%s means %s, not %s", word, got, to)
		}
	}
	root, err := exec.Command("npm", "root", "-g").Output()
	list := filepath.Join(strings.TrimSpace(string(root)), "npm", "lib", "utils", "cmd-list.js")
	if _, statErr := os.Stat(list); err != nil || statErr != nil {
		t.Skip("npm is not installed with its command list: it was not asked")
	}
	asked, _ := json.Marshal(words)
	out, err := exec.Command("node", "-e", "const {deref} = require(process.argv[1]); console.log(JSON.stringify(JSON.parse(process.argv[2]).map(w => deref(w) || w)))", list, string(asked)).Output()
	if err != nil {
		t.Skip("npm's command list cannot be loaded: ", err)
	}
	var said []string
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"install": true, "install-test": true, "update": true, "link": true, "exec": true, "init": true}
	for i, word := range words {
		if got := npmCommand(word); got != said[i] && (names[got] || names[said[i]]) { // another npm may have further commands
			t.Errorf("%s means %s to npm, and %s here", word, said[i], got)
		}
	}
}
