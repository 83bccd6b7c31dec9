/* The descriptors of a process, without the standard ones. */
#ifndef CAPI_TESTS_DESCRIPTORS_H
#define CAPI_TESTS_DESCRIPTORS_H

#include <dirent.h>
#include "support.h"

/* Lists them, at most so many; how many there are. */
static UNUSED int open_descriptors(int *list, int most)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    MUST(directory != NULL);
    while ((entry = readdir(directory)) != NULL)
        if (atoi(entry->d_name) > 2 && atoi(entry->d_name) != dirfd(directory)) {
            MUST(count < most);
            list[count++] = atoi(entry->d_name);
        }
    closedir(directory);
    return count;
}

#endif
