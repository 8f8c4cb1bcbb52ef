import Glibc

// Makes captures whose content is known, and measures programs that read them: for `make bench`.

do {
    try Command.run(Array(CommandLine.arguments.dropFirst()))
} catch let usage as Usage {
    Command.say(usage.text)
    exit(64)
} catch {
    Command.say("\(error)")
    exit(65)
}
