// Asks a server of Millrace for ten items, with codecs that `millrace codecs --language cpp --out codecs` made:
//
//   g++ -std=c++17 -I codecs ask.cpp -o ask && ./ask 7311 42
//
// Frames are little-endian with the length of what follows in front (docs/protocol.md); any number may be sent before the first
// answer is read, and answers carry the correlation id of their request.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "millrace/MessageHeader.h"
#include "millrace/RecommendRequest.h"
#include "millrace/ResultResponse.h"

namespace {

constexpr std::size_t kLengthBytes = 4;

class Connection {
  public:
    explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
            throw std::runtime_error("cannot connect to port " + std::to_string(port));
        }
    }

    ~Connection() { ::close(socket_); }

    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    void send(const std::vector<char> &bytes, std::size_t count) {
        for (std::size_t sent = 0; sent < count;) {
            const ssize_t now = ::send(socket_, bytes.data() + sent, count - sent, 0);
            if (now <= 0) {
                throw std::runtime_error("the server has closed the connection");
            }
            sent += static_cast<std::size_t>(now);
        }
    }

    // The next frame without its length.
    std::vector<char> receive() {
        std::uint32_t length = 0;
        read(reinterpret_cast<char *>(&length), kLengthBytes);
        std::vector<char> frame(length);
        read(frame.data(), frame.size());
        return frame;
    }

  private:
    void read(char *target, std::size_t count) {
        for (std::size_t done = 0; done < count;) {
            const ssize_t now = ::recv(socket_, target + done, count - done, 0);
            if (now <= 0) {
                throw std::runtime_error("the server has closed the connection");
            }
            done += static_cast<std::size_t>(now);
        }
    }

    int socket_;
};

void ask(Connection &connection, std::int64_t user) {
    std::vector<char> frame(1024);
    millrace::RecommendRequest request;
    request.wrapAndApplyHeader(frame.data(), kLengthBytes, frame.size());
    request.correlationId(7).userId(user).timestampMs(0).deadlineUs(50'000).k(10);
    request.flags().clear();
    request.contextCount(0);
    request.excludeCount(1).next().itemId(1001);
    request.historyCount(0);
    request.putFilter("", 0);
    request.putExperimentKey("", 0);
    const std::uint32_t length =
        static_cast<std::uint32_t>(millrace::MessageHeader::encodedLength() + request.encodedLength());
    std::memcpy(frame.data(), &length, kLengthBytes);
    connection.send(frame, kLengthBytes + length);
}

void print(std::vector<char> frame) {
    millrace::MessageHeader header(frame.data(), frame.size());
    millrace::ResultResponse answer;
    answer.wrapForDecode(
        frame.data(), millrace::MessageHeader::encodedLength(), header.blockLength(), header.version(), frame.size());
    std::cout << "correlation " << answer.correlationId() << ", status "
              << millrace::StatusCode::c_str(answer.status()) << '\n';
    auto &items = answer.items();
    while (items.hasNext()) {
        items.next();
        std::cout << items.itemId() << ' ' << items.score() << '\n';
    }
    std::cout << answer.getMessageAsString();
}

}  // namespace

int main(int count, char **words) {
    if (count != 3) {
        std::cerr << "usage: ask PORT USER\n";
        return 2;
    }
    try {
        Connection connection(static_cast<std::uint16_t>(std::atoi(words[1])));
        ask(connection, std::atoll(words[2]));
        print(connection.receive());
    } catch (const std::exception &e) {
        std::cerr << "ask: " << e.what() << '\n';
        return 1;
    }
}
