// The patterns from C++11, by transport, between two threads: every body and its
// order is checked. The same source is linked with the shared library and with
// the static one; the program says which file serves it, or that it carries its
// own. MESSAGES says how many.
#include "raii.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

using raii::Context;
using raii::Message;
using raii::Socket;

namespace {

using Parts = std::vector<std::string>;

// Its destructor runs after main, and must find a library that still works.
Context lasting;

std::string body(int number) { return std::to_string(number) + std::string(number % 64, '.'); }

void expect(const Parts &got, const Parts &wanted)
{
    if (got != wanted)
        throw std::runtime_error("got " + (got.empty() ? "nothing" : got.back()) + " instead of " +
                                 wanted.back());
}

void push(Socket &socket, int count)
{
    for (int i = 0; i < count; i++)
        socket.send(Message(std::unique_ptr<std::string>(new std::string(body(i) + "!"))));
}

void pull(Socket &socket, int count)
{
    for (int i = 0; i < count; i++)
        expect(socket.receive(), {body(i) + "!"});
}

void ask(Socket &socket, int count)
{
    for (int i = 0; i < count; i++) {
        socket.send({body(i), "part"});
        expect(socket.receive(), {body(i), "part"});
    }
}

void answer(Socket &socket, int count)
{
    for (int i = 0; i < count; i++)
        socket.send(socket.receive());
}

void publish(Socket &socket, int count)
{
    // An XPUB hears of its subscriber before it begins.
    expect(socket.receive(), {"\1wanted"});
    for (int i = 0; i < count; i++) {
        socket.send({"unwanted", body(i)});
        socket.send({"wanted", body(i)});
    }
}

void follow(Socket &socket, int count)
{
    for (int i = 0; i < count; i++)
        expect(socket.receive(), {"wanted", body(i)});
}

struct Pattern {
    const char *name;
    int server;
    void (*serve)(Socket &, int);
    int client;
    void (*use)(Socket &, int);
};

const Pattern patterns[] = {
    {"PUSH-PULL", ZMQ_PULL, pull, ZMQ_PUSH, push},
    {"REQ-REP", ZMQ_REP, answer, ZMQ_REQ, ask},
    {"DEALER-ROUTER", ZMQ_ROUTER, answer, ZMQ_DEALER, ask},
    {"PAIR", ZMQ_PAIR, answer, ZMQ_PAIR, ask},
    {"XPUB-SUB", ZMQ_XPUB, publish, ZMQ_SUB, follow},
};

void converse(const Pattern &pattern, const std::string &endpoint, int count)
{
    Context context;
    Socket server(context, pattern.server), client(context, pattern.client);
    for (Socket *socket : {&server, &client})
        if (pattern.server == ZMQ_XPUB) {
            socket->set(ZMQ_SNDHWM, 0);
            socket->set(ZMQ_RCVHWM, 0);
        }
    client.connect(server.bind(endpoint));
    if (pattern.client == ZMQ_SUB)
        client.set(ZMQ_SUBSCRIBE, "wanted");
    std::exception_ptr failure;
    std::thread serving([&] {
        try {
            pattern.serve(server, count);
        } catch (...) {
            failure = std::current_exception();
        }
    });
    try {
        pattern.use(client, count);
    } catch (...) {
        serving.join();
        throw;
    }
    serving.join();
    if (failure)
        std::rethrow_exception(failure);
}

// Sockets close while an exception passes, before their context ends.
void unwinding()
{
    try {
        Context context;
        Socket socket(context, ZMQ_PULL), moved(std::move(socket));
        moved.bind("tcp://127.0.0.1:*");
        moved.connect("gopher://nowhere");
    } catch (const raii::Error &error) {
        if (error.number() != EPROTONOSUPPORT)
            throw;
        return;
    }
    throw std::runtime_error("an unknown transport was accepted");
}

// Copies share what they hold, and outlive their context.
void messages()
{
    Message kept;
    {
        Context context;
        Socket push(context, ZMQ_PUSH), pull(context, ZMQ_PULL);
        push.connect(pull.bind("inproc://messages"));
        Message first(std::unique_ptr<std::string>(new std::string(100000, 'x')));
        kept = first;
        push.send(first);
        push.send(std::move(first));
        for (int i = 0; i < 2; i++)
            expect(pull.receive(), {std::string(100000, 'x')});
    }
    expect({kept.text()}, {std::string(100000, 'x')});
}

// The file that serves, or nothing if the library is part of this program.
std::string mapped()
{
    std::ifstream maps("/proc/self/maps");
    std::string line;
    while (std::getline(maps, line)) {
        std::size_t at = line.find('/');
        if (at != std::string::npos && line.find("libzmq", at) != std::string::npos)
            return line.substr(at);
    }
    return "";
}

} // namespace

int main(int argc, char **argv)
{
    const char *messages_wanted = std::getenv("MESSAGES");
    int count = messages_wanted ? std::atoi(messages_wanted) : 10000, failed = 0, passed = 0;
    std::string wanted = argc > 1 ? argv[1] : "";
    auto test = [&](const std::string &name, const std::function<void()> &run) {
        try {
            run();
            passed++;
            std::cout << "pass  " << name << "\n";
        } catch (const std::exception &error) {
            failed++;
            std::cout << "FAIL  " << name << ": " << error.what() << "\n";
        }
    };

    test("served by " + (wanted.empty() ? "this program itself" : wanted), [&] {
        if (mapped() != wanted)
            throw std::runtime_error("it is " + mapped());
    });
    char folder[] = "/tmp/zmq-cpp-XXXXXX";
    if (!mkdtemp(folder))
        return 1;
    std::string file = std::string(folder) + "/socket";
    for (const Pattern &pattern : patterns)
        for (const std::string &endpoint :
             {std::string("tcp://127.0.0.1:*"), "ipc://" + file, std::string("inproc://patterns")})
            test(pattern.name + (" " + endpoint.substr(0, endpoint.find(':'))),
                 [&] { converse(pattern, endpoint, count); });
    rmdir(folder);
    test("unwinding", unwinding);
    test("messages", messages);
    test("a context that outlives main", [] { Socket(lasting, ZMQ_DEALER).bind("tcp://127.0.0.1:*"); });
    std::cout << passed << " passed, " << failed << " failed\n";
    return failed != 0;
}
