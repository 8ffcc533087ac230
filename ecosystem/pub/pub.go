// Package pub is what figment knows of pub: which packages an import may mean.
package pub

import (
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
	"figment/scanner/text"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.Pub, &resolve.Rules{Ecosystem: ecosystem.Pub, Packages: dart}, commands(), unread(), "dart", "flutter")
}

// unread are the files that name its packages, none of which is read yet.
func unread() []text.Known {
	return []text.Known{
		{What: "pub manifest", Names: []string{"pubspec.yaml"}},
		{What: "pub lock file", Names: []string{"pubspec.lock"}, Refresh: "dart pub get"},
		{What: "Dart source", Names: []string{".dart"}, Labels: []string{"dart"}},
	}
}

// dart: "package:x/y.dart" names x.
func dart(imp string) []resolve.Candidate {
	imp = strings.TrimPrefix(imp, "package:")
	first, _, _ := strings.Cut(imp, "/")
	if first == "" || strings.Contains(first, ":") {
		return nil
	}
	return []resolve.Candidate{{Name: ecosystem.Normalize(ecosystem.Pub, first), How: resolve.Identity, Confidence: "certain"}}
}
