package resolve_test

import (
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
)

var packageEcosystems = []ecosystem.Ecosystem{ecosystem.Cargo, ecosystem.Gem, ecosystem.Maven, ecosystem.NuGet, ecosystem.Composer, ecosystem.Pub, ecosystem.Hex}

func packages(e ecosystem.Ecosystem, imp string) []resolve.Candidate {
	return adapter.Find(all.Adapters(), e).Resolve.Guess(imp)
}

func TestPackages(t *testing.T) {
	for _, c := range []struct {
		eco      ecosystem.Ecosystem
		imp      string
		want     string // candidates in order, "" for none
		contains bool   // want need only begin the list
	}{
		{ecosystem.Cargo, "serde_json", "serde-json", false},
		{ecosystem.Cargo, "serde_json::Value", "serde-json", false},
		{ecosystem.Cargo, "::tokio::sync::mpsc", "tokio", false},
		{ecosystem.Cargo, "r#async::x", "async", false},
		{ecosystem.Cargo, "::", "", false},

		{ecosystem.Gem, "active_record", "activerecord rails", false},
		{ecosystem.Gem, "active_record/railtie", "activerecord rails active_record-railtie", false},
		{ecosystem.Gem, "action_controller/railtie", "actionpack rails", true},
		{ecosystem.Gem, "rspec/core", "rspec-core rspec", false},
		{ecosystem.Gem, "rspec/core/rake_task", "rspec-core rspec", true},
		{ecosystem.Gem, "google/cloud/storage", "google-cloud-storage", false},
		{ecosystem.Gem, "dotenv/load", "dotenv", false},
		{ecosystem.Gem, "dotenv.rb", "dotenv", false},
		{ecosystem.Gem, "zip", "rubyzip", false},
		{ecosystem.Gem, "concurrent/map", "concurrent-ruby", true},
		{ecosystem.Gem, "made_up_gem", "made_up_gem made-up-gem", false},
		{ecosystem.Gem, "made/up_part", "made-up_part made made-up-part", false},
		{ecosystem.Gem, "rack/made_up", "rack rack-made_up", false},
		{ecosystem.Gem, "net/made_up", "net-made_up net net-made-up", false},
		{ecosystem.Gem, "/", "", false},

		{ecosystem.Maven, "com.google.common.collect.ImmutableList", "com.google.guava:guava", false},
		{ecosystem.Maven, "com.google.commonplace.X", "", false},
		{ecosystem.Maven, "org.slf4j.Logger", "org.slf4j:slf4j-api", false},
		{ecosystem.Maven, "okhttp3.OkHttpClient", "com.squareup.okhttp3:okhttp", false},
		{ecosystem.Maven, "lombok.Data", "org.projectlombok:lombok", false},
		{ecosystem.Maven, "static org.mockito.Mockito.when", "org.mockito:mockito-core", true},
		{ecosystem.Maven, "org.springframework.web.servlet.ModelAndView", "org.springframework:spring-webmvc", true},
		{ecosystem.Maven, "org.springframework.web.bind.annotation.*", "org.springframework:spring-web", true},
		{ecosystem.Maven, "org.junit.jupiter.api.Test", "org.junit.jupiter:junit-jupiter-api", true},
		{ecosystem.Maven, "org.junit.Test", "junit:junit", false},
		{ecosystem.Maven, "jakarta.persistence.Entity", "jakarta.persistence:jakarta.persistence-api", false},
		{ecosystem.Maven, "com.acme.Thing", "", false},

		{ecosystem.NuGet, "Newtonsoft.Json.Linq", "newtonsoft.json.linq newtonsoft.json newtonsoft", false},

		{ecosystem.Composer, `Monolog\Logger`, "monolog/monolog", false},
		{ecosystem.Composer, `\Symfony\Component\HttpFoundation\Request`, "symfony/http-foundation", true},
		{ecosystem.Composer, `Doctrine\Common\Collections\ArrayCollection`, "doctrine/common", true},
		{ecosystem.Composer, `\`, "", false},

		{ecosystem.Pub, "package:http/http.dart", "http", false},
		{ecosystem.Pub, "dart:io", "", false},

		{ecosystem.Hex, "Ecto.Adapters.SQL.Sandbox", "ecto_sql", false},
		{ecosystem.Hex, "Ecto.Query", "ecto", false},
		{ecosystem.Hex, "Phoenix.LiveView.Socket", "phoenix_live_view", false},
		{ecosystem.Hex, "Phoenix.Router", "phoenix", false},
		{ecosystem.Hex, "HTTPoison", "httpoison", false},
		{ecosystem.Hex, "MadeUpThing.Sub", "made_up_thing", false},

		{ecosystem.NPM, "react", "", false},
		{ecosystem.Gem, "", "", false},
	} {
		var got []string
		for _, x := range packages(c.eco, c.imp) {
			got = append(got, x.Name)
		}
		g := strings.Join(got, " ")
		if g != c.want && (!c.contains || !strings.HasPrefix(g+" ", c.want+" ")) {
			t.Errorf("%s %s: %q, want %q", c.eco, c.imp, g, c.want)
		}
	}
}

// TestOtherImports: an import of each ecosystem with the package declared, with
// another one declared, and without a manifest.
func TestOtherImports(t *testing.T) {
	for _, c := range []struct {
		eco              ecosystem.Ecosystem
		imp, declared    string // declared: "" for a manifest with something else
		want             string
		how              resolve.How
		undeclared, gone bool // gone: nobody can be asked
	}{
		{ecosystem.Cargo, "serde_json::json", "serde_json", "serde-json", resolve.Declared, false, false},
		{ecosystem.Cargo, "serde_jsonx", "", "serde-jsonx", resolve.Identity, true, false},
		{ecosystem.Gem, "active_record", "rails", "rails", resolve.Declared, false, false},
		{ecosystem.Gem, "active_record", "", "activerecord", resolve.Mapped, true, false},
		{ecosystem.Gem, "made_up_gem", "", "made_up_gem", resolve.Identity, true, false},
		{ecosystem.Maven, "org.springframework.web.bind.annotation.GetMapping", "org.springframework.boot:spring-boot-starter-web", "org.springframework.boot:spring-boot-starter-web", resolve.Declared, false, false},
		{ecosystem.Maven, "com.google.common.base.Joiner", "", "com.google.guava:guava", resolve.Mapped, true, false},
		{ecosystem.Maven, "com.acme.thing.X", "com.acme:thing", "com.acme:thing", resolve.Declared, false, false},
		{ecosystem.Maven, "com.acmes.thing.X", "com.acme:thing", "com.acmes.thing.X", resolve.Identity, false, true},
		{ecosystem.NuGet, "Serilog.Sinks.File.Rolling", "Serilog.Sinks.File", "Serilog.Sinks.File", resolve.Declared, false, false},
		{ecosystem.NuGet, "Serilogger.Sinks", "Serilog", "serilogger.sinks", resolve.Identity, false, false},
		{ecosystem.Composer, `GuzzleHttp\Client`, "guzzlehttp/guzzle", "guzzlehttp/guzzle", resolve.Declared, false, false},
		{ecosystem.Composer, `Monolog\Logger`, "", "monolog/monolog", resolve.Identity, false, false},
		{ecosystem.Pub, "package:http/http.dart", "http", "http", resolve.Declared, false, false},
		{ecosystem.Pub, "package:httpx/http.dart", "", "httpx", resolve.Identity, true, false},
		{ecosystem.Hex, "Ecto.Adapters.SQL", "ecto_sql", "ecto_sql", resolve.Declared, false, false},
		{ecosystem.Hex, "MadeUp.Thing", "", "made_up", resolve.Identity, false, false},
	} {
		t.Run(string(c.eco)+" "+c.imp, func(t *testing.T) {
			declared := c.declared
			if declared == "" {
				declared = "something-else"
			}
			refs := []extract.Reference{
				{Ecosystem: c.eco, Name: declared, Kind: extract.Manifest, Path: "manifest"},
				{Ecosystem: c.eco, Name: c.imp, Module: c.imp, Kind: extract.Import, Path: "src/a"},
			}
			p, _ := project.Load(source.Memory(nil, nil), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
			s := named(resolve.Resolve(p, extract.References{refs}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())}), c.want)
			if s == nil {
				t.Fatalf("no such subject among %v", resolve.Resolve(p, extract.References{refs}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())}))
			}
			u := importUse(t, s)
			if u.How != c.how || u.Undeclared != c.undeclared {
				t.Errorf("how %s, undeclared %v", u.How, u.Undeclared)
			}
			if (s.Origin == project.Undecided) != c.gone || c.gone != (len(s.Candidates) == 0) {
				t.Errorf("origin %s, candidates %v", s.Origin, s.Candidates)
			}
			p, _ = project.Load(source.Memory(nil, nil), extract.References{refs[1:]}, project.Options{Rules: adapter.Projects(all.Adapters())})
			for _, s := range resolve.Resolve(p, extract.References{refs[1:]}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())}) {
				for _, u := range s.Uses {
					if u.Undeclared {
						t.Error("undeclared without a manifest")
					}
				}
			}
		})
	}
}

// TestRelatedMany: two packages that may hold the import are no answer.
func TestRelatedMany(t *testing.T) {
	refs := []extract.Reference{
		{Ecosystem: ecosystem.Composer, Name: "acme/a", Kind: extract.Manifest, Path: "composer.json"},
		{Ecosystem: ecosystem.Composer, Name: "acme/b", Kind: extract.Manifest, Path: "composer.json"},
		{Ecosystem: ecosystem.Composer, Name: `Acme\Thing`, Module: `Acme\Thing`, Kind: extract.Import, Path: "a.php"},
	}
	p, _ := project.Load(source.Memory(nil, nil), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
	for _, s := range resolve.Resolve(p, extract.References{refs}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())}) {
		for _, u := range s.Uses {
			if u.Kind == extract.Import && u.How == resolve.Declared {
				t.Errorf("taken for %s", s.Name)
			}
		}
	}
}

// TestDeep: a path without end is resolved in no time.
func TestDeep(t *testing.T) {
	deep := strings.Repeat("a.", 200_000) + "b"
	first(t, deep)
	for _, e := range packageEcosystems {
		if got := packages(e, deep); got != nil {
			t.Errorf("%s: %d candidates", e, len(got))
		}
	}
}

// FuzzPackages: no import makes an empty candidate.
func FuzzPackages(f *testing.F) {
	for _, s := range []string{"yaml", "google.cloud.storage", "a..b", ".", "", `\A\B`, "::x", "x\ty", "\x00", strings.Repeat("a.", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, imp string) {
		for _, e := range packageEcosystems {
			for _, c := range packages(e, imp) {
				if c.Name == "" {
					t.Errorf("%s %q: an empty candidate", e, imp)
				}
			}
		}
	})
}
