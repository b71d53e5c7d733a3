// hnswlib's side of the comparison with peers. Builds an index over the rows of an fvecs file, says so in one line
// of JSON, then answers each line "round" on stdin with one line of JSON for every effort, until "end" or the end of
// stdin. What was found goes to WORK/<ef>.ints: k int32 a query, -1 where there were fewer; the caller judges it.
// The Java drivers (package io.millrace.jmh.peers.driver) keep the same protocol and the same loop.

#include <hnswlib/hnswlib.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#ifndef HNSWLIB_VERSION
#define HNSWLIB_VERSION "unknown version"
#endif

namespace {

constexpr size_t kMaxConnections = 16;
constexpr size_t kEfConstruction = 200;

using Clock = std::chrono::steady_clock;
using Index = hnswlib::HierarchicalNSW<float>;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Rows {
    size_t count = 0;
    size_t dimension = 0;
    std::vector<float> numbers;

    const float *row(size_t i) const { return numbers.data() + i * dimension; }
};

Rows readFvecs(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot read vectors: file=" + path);
    }
    Rows rows;
    file.seekg(0, std::ios::end);
    rows.numbers.reserve(static_cast<size_t>(file.tellg()) / sizeof(float));
    file.seekg(0);
    int32_t dimension;
    while (file.read(reinterpret_cast<char *>(&dimension), sizeof dimension)) {
        if (dimension < 1 || (rows.count > 0 && static_cast<size_t>(dimension) != rows.dimension)) {
            throw std::runtime_error("not an fvecs file: file=" + path);
        }
        rows.dimension = static_cast<size_t>(dimension);
        size_t end = rows.numbers.size();
        rows.numbers.resize(end + rows.dimension);
        if (!file.read(reinterpret_cast<char *>(rows.numbers.data() + end), rows.dimension * sizeof(float))) {
            throw std::runtime_error("truncated vectors: file=" + path);
        }
        rows.count++;
    }
    return rows;
}

struct Options {
    std::unordered_map<std::string, std::string> values;

    Options(int count, char **words) {
        for (int i = 1; i + 1 < count; i += 2) {
            values[words[i]] = words[i + 1];
        }
    }

    const std::string &text(const std::string &name) const {
        auto found = values.find(name);
        if (found == values.end()) {
            throw std::runtime_error("option is missing: " + name);
        }
        return found->second;
    }

    size_t count(const std::string &name) const { return std::stoul(text(name)); }

    std::vector<size_t> counts(const std::string &name) const {
        std::vector<size_t> numbers;
        std::stringstream words(text(name));
        for (std::string word; std::getline(words, word, ',');) {
            numbers.push_back(std::stoul(word));
        }
        return numbers;
    }
};

std::unique_ptr<hnswlib::SpaceInterface<float>> makeSpace(const std::string &name, size_t dimension) {
    if (name == "l2") {
        return std::make_unique<hnswlib::L2Space>(dimension);
    }
    if (name == "ip") {
        return std::make_unique<hnswlib::InnerProductSpace>(dimension);
    }
    throw std::runtime_error("no such metric: " + name + "; l2 or ip");
}

// Adds all rows; each thread takes the next one that is left.
void addAll(Index &index, const Rows &rows, size_t threads) {
    std::atomic<size_t> next{0};
    std::exception_ptr failure;
    std::mutex failureLock;
    std::vector<std::thread> crew;
    for (size_t t = 0; t < threads; t++) {
        crew.emplace_back([&] {
            try {
                for (size_t i; (i = next.fetch_add(1)) < rows.count;) {
                    index.addPoint(rows.row(i), i);
                }
            } catch (...) {
                std::lock_guard<std::mutex> lock(failureLock);
                failure = std::current_exception();
                next = rows.count;
            }
        });
    }
    for (auto &thread : crew) {
        thread.join();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

// Rows, labels and links of all levels.
double bytesPerVector(const Index &index) {
    double bytes = static_cast<double>(index.max_elements_) * (index.size_data_per_element_ + sizeof(char *));
    for (int level : index.element_levels_) {
        bytes += static_cast<double>(level) * index.size_links_per_element_;
    }
    return bytes / index.max_elements_;
}

const char *kernels() {
#if defined(USE_AVX512)
    return "AVX-512";
#elif defined(USE_AVX)
    return "AVX";
#elif defined(USE_SSE)
    return "SSE";
#else
    return "scalar";
#endif
}

void writeAnswers(const std::string &path, const std::vector<int32_t> &answers) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char *>(answers.data()), answers.size() * sizeof(int32_t));
    if (!file.flush()) {
        throw std::runtime_error("cannot write answers: file=" + path);
    }
}

class Sweep {
public:
    Sweep(Index &index, const Rows &queries, const Options &options)
        : index(index),
          queries(queries),
          k(options.count("--k")),
          efs(options.counts("--ef")),
          leastSeconds(std::stod(options.text("--seconds"))),
          work(options.text("--work")),
          answers(queries.count * k) {}

    void run() {
        for (size_t ef : efs) {
            index.setEf(ef);
            size_t searches = 0;
            auto start = Clock::now();
            double seconds;
            do {
                for (size_t i = 0; i < queries.count; i++) {
                    search(queries.row(i), answers.data() + i * k);
                }
                searches += queries.count;
                seconds = secondsSince(start);
            } while (seconds < leastSeconds);
            writeAnswers(work + "/" + std::to_string(ef) + ".ints", answers);
            std::printf("{\"ef\":%zu,\"queriesPerSecond\":%.3f}\n", ef, searches / seconds);
            std::fflush(stdout);
        }
    }

private:
    Index &index;
    const Rows &queries;
    size_t k;
    std::vector<size_t> efs;
    double leastSeconds;
    std::string work;
    std::vector<int32_t> answers;

    // The queue gives the farthest first.
    void search(const float *query, int32_t *found) {
        auto nearest = index.searchKnn(query, k);
        for (size_t i = nearest.size(); i < k; i++) {
            found[i] = -1;
        }
        for (size_t i = nearest.size(); i-- > 0; nearest.pop()) {
            found[i] = static_cast<int32_t>(nearest.top().second);
        }
    }
};

void run(const Options &options) {
    Rows queries = readFvecs(options.text("--query"));
    Rows base = readFvecs(options.text("--base"));
    auto space = makeSpace(options.text("--metric"), base.dimension);
    auto start = Clock::now();
    Index index(space.get(), base.count, kMaxConnections, kEfConstruction);
    addAll(index, base, options.count("--threads"));
    double buildSeconds = secondsSince(start);
    size_t count = base.count;
    base = Rows();
    std::printf(
        "{\"version\":\"%s, g++ %s\",\"kernels\":\"%s\",\"vectors\":%zu,\"buildSeconds\":%.3f,\"bytesPerVector\":%.1f}\n",
        HNSWLIB_VERSION, __VERSION__, kernels(), count, buildSeconds, bytesPerVector(index));
    std::fflush(stdout);
    Sweep sweep(index, queries, options);
    for (std::string word; std::getline(std::cin, word) && word != "end";) {
        if (word != "round") {
            throw std::runtime_error("no such command: " + word);
        }
        sweep.run();
    }
}

}  // namespace

int main(int count, char **words) {
    try {
        run(Options(count, words));
        return 0;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
