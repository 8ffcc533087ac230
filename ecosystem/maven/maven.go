// Package maven is what figment knows of Maven: which packages an import may mean.
package maven

import (
	_ "embed"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
	"figment/scanner/text"
)

//go:embed data/maven-packages.tsv
var mavenPackages resolve.Table

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.Maven, &resolve.Rules{Ecosystem: ecosystem.Maven, Packages: artifacts, Related: related}, nil, unread(), folder(), text.Folder{Names: []string{".gradle"}})
}

// folder is "target" where Maven builds in it.
func folder() text.Folder {
	return text.Folder{Names: []string{"target"}, Marks: []string{"maven-status"}, Made: func(here map[string]bool, read func(string) []byte) string {
		if here["maven-status"] && read("../pom.xml") != nil {
			return "target/maven-status beside pom.xml"
		}
		return ""
	}}
}

// unread are the files that name its packages, none of which is read yet.
func unread() []text.Known {
	return []text.Known{
		{What: "Maven manifest", Names: []string{"pom.xml"}},
		{What: "Gradle build", Names: []string{"build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"}, Labels: []string{"gradle"}},
		{What: "Gradle version catalog", Names: []string{"libs.versions.toml"}},
		{What: "Gradle lock file", Names: []string{"gradle.lockfile"}, Refresh: "gradle dependencies --write-locks"},
		{What: "Gradle lock file", Names: []string{"buildscript-gradle.lockfile"}},
		{What: "Ivy manifest", Names: []string{"ivy.xml"}},
		{What: "sbt build", Names: []string{"build.sbt"}},
		{What: "Mill build", Names: []string{"build.sc"}},
		{What: "Clojure manifest", Names: []string{"deps.edn"}, Labels: []string{"clojure", "clj"}},
		{What: "Leiningen manifest", Names: []string{"project.clj"}},
		{What: "Java source", Names: []string{".java"}, Labels: []string{"java", "jsh"}},
		{What: "Kotlin source", Names: []string{".kt", ".kts"}, Labels: []string{"kotlin", "kt", "kts"}},
		{What: "Scala source", Names: []string{".scala"}, Labels: []string{"scala", "sc"}},
		{What: "Groovy source", Names: []string{".groovy"}, Labels: []string{"groovy"}},
	}
}

// artifacts: the longest Java package that the map has. Nothing else can be
// read from a package name, which is no hint of a group.
func artifacts(imp string) []resolve.Candidate {
	imp = strings.TrimSuffix(strings.TrimPrefix(imp, "static "), ".*")
	if row, ok := mavenPackages.Longest(imp, ".", 3); ok {
		return resolve.MappedRow(row)
	}
	return nil
}

// related takes a group for the Java packages below it.
func related(imp, name string) int {
	if group, _, ok := strings.Cut(name, ":"); ok && resolve.Within(imp, group, ".") {
		return len(group)
	}
	return 0
}
