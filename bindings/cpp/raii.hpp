// A small C++11 wrapper around zmq.h: contexts, sockets and messages that end with
// their scope, and errors as exceptions. It covers what patterns.cpp needs, and
// shows what a wrapper relies on: moves, destructors during unwinding, memory of
// the application handed over with a free function.
#ifndef BINDINGS_CPP_RAII_HPP
#define BINDINGS_CPP_RAII_HPP

#include <zmq.h>

#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace raii {

class Error : public std::exception {
public:
    Error() : number_(zmq_errno()) {}
    const char *what() const noexcept override { return zmq_strerror(number_); }
    int number() const noexcept { return number_; }

private:
    int number_;
};

inline int check(int result)
{
    if (result == -1)
        throw Error();
    return result;
}

class Context {
public:
    Context() : handle_(zmq_ctx_new())
    {
        if (!handle_)
            throw Error();
    }
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;
    ~Context()
    {
        while (zmq_ctx_term(handle_) == -1 && zmq_errno() == EINTR) {
        }
    }
    void *handle() const noexcept { return handle_; }

private:
    void *handle_;
};

class Message {
public:
    Message() noexcept { zmq_msg_init(&message_); }
    explicit Message(const std::string &text)
    {
        check(zmq_msg_init_size(&message_, text.size()));
        std::memcpy(zmq_msg_data(&message_), text.data(), text.size());
    }
    // Takes the text over without a copy; it is deleted when nobody needs it.
    explicit Message(std::unique_ptr<std::string> text)
    {
        check(zmq_msg_init_data(&message_, &(*text)[0], text->size(), release, text.get()));
        text.release();
    }
    Message(Message &&other) noexcept : Message() { zmq_msg_move(&message_, &other.message_); }
    Message &operator=(Message &&other) noexcept
    {
        zmq_msg_move(&message_, &other.message_);
        return *this;
    }
    Message(const Message &other) : Message() { *this = other; }
    Message &operator=(const Message &other)
    {
        check(zmq_msg_copy(&message_, const_cast<zmq_msg_t *>(&other.message_)));
        return *this;
    }
    ~Message() { zmq_msg_close(&message_); }

    std::string text() const
    {
        return std::string(static_cast<const char *>(zmq_msg_data(raw())), zmq_msg_size(raw()));
    }
    bool more() const { return zmq_msg_more(raw()) == 1; }
    zmq_msg_t *raw() const noexcept { return const_cast<zmq_msg_t *>(&message_); }

private:
    static void release(void *, void *hint) { delete static_cast<std::string *>(hint); }
    zmq_msg_t message_;
};

class Socket {
public:
    Socket(const Context &context, int type) : handle_(zmq_socket(context.handle(), type))
    {
        if (!handle_)
            throw Error();
        set(ZMQ_RCVTIMEO, 60000);
        set(ZMQ_SNDTIMEO, 60000);
    }
    Socket(Socket &&other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
    Socket &operator=(Socket &&other) noexcept
    {
        std::swap(handle_, other.handle_);
        return *this;
    }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;
    ~Socket()
    {
        if (handle_)
            zmq_close(handle_);
    }

    void set(int option, int value) { check(zmq_setsockopt(handle_, option, &value, sizeof value)); }
    void set(int option, const std::string &value)
    {
        check(zmq_setsockopt(handle_, option, value.data(), value.size()));
    }
    int get(int option) const
    {
        int value = 0;
        std::size_t size = sizeof value;
        check(zmq_getsockopt(handle_, option, &value, &size));
        return value;
    }
    std::string bind(const std::string &endpoint)
    {
        char chosen[256];
        std::size_t size = sizeof chosen;
        check(zmq_bind(handle_, endpoint.c_str()));
        check(zmq_getsockopt(handle_, ZMQ_LAST_ENDPOINT, chosen, &size));
        return chosen;
    }
    void connect(const std::string &endpoint) { check(zmq_connect(handle_, endpoint.c_str())); }

    void send(Message message, bool more = false)
    {
        check(zmq_msg_send(message.raw(), handle_, more ? ZMQ_SNDMORE : 0));
    }
    void send(const std::vector<std::string> &parts)
    {
        for (std::size_t i = 0; i < parts.size(); i++)
            send(Message(parts[i]), i + 1 < parts.size());
    }
    std::vector<std::string> receive()
    {
        std::vector<std::string> parts;
        Message part;
        do {
            check(zmq_msg_recv(part.raw(), handle_, 0));
            parts.push_back(part.text());
        } while (part.more());
        return parts;
    }
    bool poll(long milliseconds) const
    {
        zmq_pollitem_t item = {handle_, 0, ZMQ_POLLIN, 0};
        return check(zmq_poll(&item, 1, milliseconds)) == 1;
    }

private:
    void *handle_;
};

} // namespace raii

#endif
