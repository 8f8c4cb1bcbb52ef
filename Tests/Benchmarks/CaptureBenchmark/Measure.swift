import Bytes
import Foundation

extension Command {
    /// Runs a command with its output in a file, and prints what it took. The peak is never below this small program's
    /// own, which a child begins with.
    static func measure(_ arguments: [String]) throws {
        guard arguments.count >= 3, arguments[0] == "--output" else { throw Usage(text: help) }
        let began = now()
        let child = try spawn(Array(arguments[2...]), output: arguments[1])
        var status: Int32 = 0
        var used = rusage()
        while unsafe (wait4(child, &status, 0, &used)) < 0 {
            guard errno == EINTR else { throw FileFault(path: arguments[2], code: errno) }
        }
        let wall = now() - began
        guard status == 0 else {
            say("\(arguments[2]) ended with \(status >> 8)")
            exit(1)
        }
        let processor = seconds(used.ru_utime) + seconds(used.ru_stime)
        print(String(format: "%.4f %.4f %ld", wall, processor, used.ru_maxrss))
    }

    private static func spawn(_ command: [String], output: String) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        unsafe posix_spawn_file_actions_addopen(
            &actions, 2, output + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        var words = unsafe [UnsafeMutablePointer<CChar>?]()
        for word in command { unsafe words.append(strdup(word)) }
        unsafe words.append(nil)
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
        }
        var child: pid_t = 0
        let code = unsafe posix_spawnp(&child, command[0], &actions, nil, &words, environ)
        guard code == 0 else { throw FileFault(path: command[0], code: code) }
        return child
    }

    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
