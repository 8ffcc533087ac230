package resolve

import (
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
)

var packageEcosystems = []ecosystem.Ecosystem{ecosystem.Cargo, ecosystem.Gem, ecosystem.Maven, ecosystem.NuGet, ecosystem.Composer, ecosystem.Pub, ecosystem.Hex}

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
		for _, x := range Packages(c.eco, c.imp) {
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
		how              How
		undeclared, gone bool // gone: nobody can be asked
	}{
		{ecosystem.Cargo, "serde_json::json", "serde_json", "serde-json", Declared, false, false},
		{ecosystem.Cargo, "serde_jsonx", "", "serde-jsonx", Identity, true, false},
		{ecosystem.Gem, "active_record", "rails", "rails", Declared, false, false},
		{ecosystem.Gem, "active_record", "", "activerecord", Mapped, true, false},
		{ecosystem.Gem, "made_up_gem", "", "made_up_gem", Identity, true, false},
		{ecosystem.Maven, "org.springframework.web.bind.annotation.GetMapping", "org.springframework.boot:spring-boot-starter-web", "org.springframework.boot:spring-boot-starter-web", Declared, false, false},
		{ecosystem.Maven, "com.google.common.base.Joiner", "", "com.google.guava:guava", Mapped, true, false},
		{ecosystem.Maven, "com.acme.thing.X", "com.acme:thing", "com.acme:thing", Declared, false, false},
		{ecosystem.Maven, "com.acmes.thing.X", "com.acme:thing", "com.acmes.thing.X", Identity, false, true},
		{ecosystem.NuGet, "Serilog.Sinks.File.Rolling", "Serilog.Sinks.File", "Serilog.Sinks.File", Declared, false, false},
		{ecosystem.NuGet, "Serilogger.Sinks", "Serilog", "serilogger.sinks", Identity, false, false},
		{ecosystem.Composer, `GuzzleHttp\Client`, "guzzlehttp/guzzle", "guzzlehttp/guzzle", Declared, false, false},
		{ecosystem.Composer, `Monolog\Logger`, "", "monolog/monolog", Identity, false, false},
		{ecosystem.Pub, "package:http/http.dart", "http", "http", Declared, false, false},
		{ecosystem.Pub, "package:httpx/http.dart", "", "httpx", Identity, true, false},
		{ecosystem.Hex, "Ecto.Adapters.SQL", "ecto_sql", "ecto_sql", Declared, false, false},
		{ecosystem.Hex, "MadeUp.Thing", "", "made_up", Identity, false, false},
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
			p, _ := project.Load(source.Memory(nil), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
			s := named(Resolve(p, extract.References{refs}, Options{}), c.want)
			if s == nil {
				t.Fatalf("no such subject among %v", Resolve(p, extract.References{refs}, Options{}))
			}
			u := importUse(t, s)
			if u.How != c.how || u.Undeclared != c.undeclared {
				t.Errorf("how %s, undeclared %v", u.How, u.Undeclared)
			}
			if (s.Origin == project.Undecided) != c.gone || c.gone != (len(s.Candidates) == 0) {
				t.Errorf("origin %s, candidates %v", s.Origin, s.Candidates)
			}
			p, _ = project.Load(source.Memory(nil), extract.References{refs[1:]}, project.Options{Rules: adapter.Projects(all.Adapters())})
			for _, s := range Resolve(p, extract.References{refs[1:]}, Options{}) {
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
	p, _ := project.Load(source.Memory(nil), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
	for _, s := range Resolve(p, extract.References{refs}, Options{}) {
		for _, u := range s.Uses {
			if u.Kind == extract.Import && u.How == Declared {
				t.Errorf("taken for %s", s.Name)
			}
		}
	}
}
