package cargo

import (
	"figment/ecosystem"
	"figment/scanner/extract/shell"
)

// commands are those of cargo.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.Cargo,
		Commands: []shell.Command{
			{Programs: "cargo", Subs: "add", Ecosystem: ecosystem.Cargo, Values: cargoValues, Read: shell.ReadNames},
			{Programs: "cargo", Subs: "install|binstall", Ecosystem: ecosystem.Cargo, Values: cargoValues, Read: shell.ReadNames},
		},
		Managers: "cargo",
		Signs:    []string{"cargo"},
		Variables: &shell.Variables{
			Option: func(name string) (tool, option string) {
				if name == "CARGO_REGISTRY_DEFAULT" {
					return "cargo", "--registry"
				}
				return "", ""
			},
			Hears:   func(cmd *shell.Command, tool string) bool { return shell.HasWord(cmd.Programs, tool) },
			Carried: "--registry",
			Asked:   []string{"cargo --registry"},
			Take: func(_ *shell.Command, rt *shell.Route, option string, v *shell.Word) {
				if option == "--registry" && v != nil {
					rt.Index = v.Text
				}
			},
		},
	}
}

// cargoValues are the flags of cargo that take a value (--help).
const (
	cargoValues = "-p --package --features -F --rename --version --vers --registry --index --branch --tag --rev --root --target --profile --manifest-path -j --jobs --bin --example " +
		"--git --path --base --color --config -Z --lockfile-path --target-dir --message-format --pkg-url --pkg-fmt --bin-dir --install-path --strategies --disable-strategies " +
		"--targets --log-level --github-token --rate-limit --min-tls-version --root-certificates --maximum-resolution-timeout"
)
