package ecosystem

import "strings"

// A forge is a host on which anybody can look at what projects there are.
type forge struct {
	Host  string
	Depth int  // elements of a project's path with the host; 0: no Go modules
	Folds bool // paths are found in any letter case
	Links bool // packages link to their repositories there
}

var forges = []forge{
	{Host: "github.com", Depth: 3, Folds: true, Links: true},
	{Host: "gitlab.com", Depth: 3, Folds: true, Links: true},
	{Host: "bitbucket.org", Depth: 3, Folds: true, Links: true},
	{Host: "codeberg.org", Depth: 3, Folds: true, Links: true},
	{Host: "gitee.com", Depth: 3, Links: true},
	{Host: "git.sr.ht", Depth: 3, Links: true},
	{Host: "gitea.com", Depth: 3, Links: true},
	{Host: "sourceforge.net", Links: true},
	{Host: "salsa.debian.org", Links: true},
	{Host: "gopkg.in", Depth: 2},
	{Host: "golang.org", Depth: 2},
	{Host: "google.golang.org", Depth: 2},
	{Host: "go.uber.org", Depth: 2},
	{Host: "cloud.google.com", Depth: 2},
	{Host: "k8s.io", Depth: 2},
	{Host: "sigs.k8s.io", Depth: 2},
}

func forgeOf(path string) forge {
	host, _, _ := strings.Cut(strings.ToLower(path), "/")
	for _, f := range forges {
		if f.Host == host {
			return f
		}
	}
	return forge{}
}

// ForgeDepth is how many elements the path of a project has on the host that
// path begins with, counted with the host; 0 where nothing is known of the host.
func ForgeDepth(path string) int { return forgeOf(path).Depth }

// Forge reports whether packages link to their repositories at host.
func Forge(host string) bool {
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	return forgeOf(host).Links || strings.HasPrefix(host, "gitlab.")
}
