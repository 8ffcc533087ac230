package shell

// NPMCommand is for the test that holds it against npm.
var NPMCommand = npmCommand
