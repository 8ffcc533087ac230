package ecosystem

import (
	"slices"
	"strings"
)

// placeholderWords stand for a name that the reader has to fill in.
var placeholderWords = []string{
	"example", "foo", "bar", "baz", "placeholder", "some-package", "package", "package-name", "packagename",
	"pkg-name", "module-name", "library-name", "name-of-package", "test-package", "your-package", "my-package",
}

// placeholderOwners are the accounts that examples use.
var placeholderOwners = []string{"user", "username", "yourname", "your-org", "yourusername", "your-username", "org", "owner", "example", "me", "yourorg", "your-name"}

// A Place says what becomes of a name where it stands.
type Place uint8

// The places. Installed is the zero value: least is taken for a placeholder.
const (
	Installed Place = iota // a manifest, a lock file, a workflow, source code, a command that is run
	Script                 // a shell script, which people copy and fill in before they run it
	Example                // prose, documentation, a snippet: nothing installs it
)

// scriptWords are the exact words that stand for a name in shell scripts. There
// is no pattern among them, because anybody can register what fits a pattern.
var scriptWords = []string{"package-name", "your-package-name", "github.com/user/repo"}

// Markup reports whether name is written in a notation for what is filled in,
// "<name>", "${X}", "{{ x }}": no package can have such a name.
func Markup(name string) bool {
	return name == "" || strings.ContainsAny(name, "<>{}[]$%*") || strings.Contains(name, "…") || strings.HasPrefix(name, "...") || strings.HasSuffix(name, "/...")
}

// Placeholder reports whether name stands for another that the reader fills in,
// and so is never asked about. Where something installs it only markup counts:
// whoever registers "your-sdk" gets every name that was passed over as a
// placeholder.
func Placeholder(e Ecosystem, name string, place Place) bool {
	if Markup(name) {
		return true
	}
	switch place {
	case Installed:
		return false
	case Script:
		low := strings.ReplaceAll(strings.ToLower(name), "_", "-")
		return slices.Contains(scriptWords, low)
	}
	if strings.Contains(name, "...") {
		return true
	}
	low := strings.ToLower(name)
	low = strings.ReplaceAll(low, "_", "-")
	if strings.HasPrefix(low, "your-") || low == "example" || strings.HasPrefix(low, "example-package") {
		return true
	}
	if r := find(e); r != nil && r.Example != nil {
		if yes, decided := r.Example(low); yes || decided {
			return yes
		}
	}
	if strings.HasPrefix(low, "my-") {
		return true
	}
	if strings.Contains(name, "_") && strings.ToUpper(name) == name {
		return true
	}
	for _, w := range placeholderWords {
		if low == w {
			return true
		}
	}
	return false
}

// exampleScope: the scopes of an npm name that examples use.
func exampleScope(low string) (yes, decided bool) {
	scope, _, ok := strings.Cut(low, "/")
	return ok && slices.Contains([]string{"@your-org", "@my-org", "@yourscope", "@mycompany", "@your-scope", "@yourorg"}, scope), false
}

// exampleGroup: the groups of a Maven package that examples use.
func exampleGroup(low string) (yes, decided bool) {
	for _, p := range []string{"com.example", "org.example", "com.yourcompany"} {
		if low == p || strings.HasPrefix(low, p+".") || strings.HasPrefix(low, p+":") {
			return true, false
		}
	}
	return false, false
}

// goPlaceholder: the hosts and accounts of a module path that examples use.
func goPlaceholder(low string) (yes, decided bool) {
	host, rest, _ := strings.Cut(low, "/")
	for _, tld := range []string{"example.com", "example.org", "example.net"} {
		if host == tld || strings.HasSuffix(host, "."+tld) {
			return true, true
		}
	}
	for _, tld := range []string{".example", ".test", ".invalid", ".local"} {
		if strings.HasSuffix(host, tld) {
			return true, true
		}
	}
	owner, _, _ := strings.Cut(rest, "/")
	if host == "github.com" || host == "gitlab.com" || host == "bitbucket.org" {
		for _, o := range placeholderOwners {
			if owner == o {
				return true, true
			}
		}
		return strings.HasPrefix(owner, "your"), true
	}
	return false, true
}
