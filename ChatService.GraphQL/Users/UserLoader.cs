using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>The caller's own row, once for all fields that ask for it: there is no other that a caller may see.</summary>
public sealed class UserLoader(UserService users, CurrentUser me) : BatchLoader<long, User>(
    async (ids, ct) => await users.FindAsync(me.Id, ct) is { } user && ids.Contains(user.Id)
        ? new Dictionary<long, User> { [user.Id] = user }
        : throw new FieldError(ChatError.NotFound));
